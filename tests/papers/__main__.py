"""``make papers``: every paper into ``var/papers`` as Word files; with LibreOffice also as PDF and
pictures.
"""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from service.papers.takeover import ledger
from tests.papers import PAPERS, ROOT, VARIANTS, filled, values
from tests.papers.samples import YEAR

HERE = ROOT / "var" / "papers"
STANDING_FOR = {
    "Noto Serif CJK SC": ("仿宋_GB2312", "楷体_GB2312", "方正小标宋简体", "宋体"),
    "Noto Sans CJK SC": ("黑体",),
}
FONTS = f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>{
    "".join(
        f"<alias binding='same'><family>{name}</family>"
        f"<prefer><family>{there}</family></prefer></alias>"
        for there, names in STANDING_FOR.items()
        for name in names
    )
}</fontconfig>"""
"""What stands for the official fonts where they are not installed."""


def main(wanted: list[str]) -> None:
    """Make the papers; ``wanted``: only those whose name contains one of these."""
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir(parents=True)
    made = []
    for name in (name for name in PAPERS if not wanted or any(part in name for part in wanted)):
        for variant in VARIANTS:
            made.append(HERE / f"{name.removesuffix('.docx')}-{variant}.docx")
            made[-1].write_bytes(filled(name, values(name, variant)))
    row = {
        **YEAR,
        "project_start": "2026-03-01",
        "project_end": "2028-12-31",
        "brief": "苜蓿草加工",
        "progress": "中试",
    }
    made.append(HERE / "ledger-usual.xlsx")
    made[-1].write_bytes(ledger.tracking({"红山区科技局": [row] * 12}, date(2026, 6, 5)))
    office, pictures = (
        shutil.which("soffice") or shutil.which("libreoffice"),
        shutil.which("pdftoppm"),
    )
    print(f"{len(made)} files in {HERE.relative_to(ROOT)}", flush=True)
    if office is None:
        print("no LibreOffice here: Word files only")
        return
    (HERE / "fonts.conf").write_text(FONTS)
    subprocess.run(
        [office, "--headless", "--convert-to", "pdf", "--outdir", str(HERE), *map(str, made)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "FONTCONFIG_FILE": str(HERE / "fonts.conf")},
    )
    for file in made:
        print(f"{file.stem}: {_pages(file.with_suffix('.pdf'), pictures)}")


def _pages(file: Path, pictures: str | None) -> str:
    if pictures is None:
        return "a PDF (no pdftoppm here: no pictures)"
    subprocess.run([pictures, "-r", "60", "-png", str(file), str(file.with_suffix(""))], check=True)
    return f"{len(list(file.parent.glob(f'{file.stem}-*.png')))} pages"


if __name__ == "__main__":
    main(sys.argv[1:])
