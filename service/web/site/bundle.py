"""Where the browser's files are: the names in Vite's manifest, and how they are sent."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from flask import Response, abort, request, send_from_directory
from markupsafe import Markup

from service.errors import BundleMissing

log = structlog.get_logger()
DIST = Path(__file__).parents[1] / "static" / "dist"
FOREVER_SECONDS = 31_536_000
TYPES = {".js": "text/javascript", ".css": "text/css"}


class Bundle:
    """The built files of ``folder``, by entry name (``app``, ``diagram``, ``form``)."""

    def __init__(self, folder: Path = DIST) -> None:
        """Read the manifest.

        :raises BundleMissing: there is none.
        """
        self.folder = folder
        file = folder / "manifest.json"
        if not file.is_file():
            raise BundleMissing(str(folder))
        self.chunks: Mapping[str, Mapping[str, Any]] = json.loads(file.read_text("utf-8"))
        self.entries = {
            chunk["name"]: key for key, chunk in self.chunks.items() if chunk.get("isEntry")
        }

    def tags(self, entry: str) -> Markup:
        """The ``link`` and ``script`` elements of an entry; ``KeyError`` when there is no such
        entry.
        """
        needed = list(dict.fromkeys(self._reached(self.entries[entry])))
        sheets = [sheet for chunk in needed for sheet in chunk_sheets(self.chunks[chunk])]
        links = [
            Markup('<link rel="stylesheet" href="/assets/{}">').format(sheet)
            for sheet in dict.fromkeys(sheets)
        ]
        script = Markup('<script type="module" src="/assets/{}"></script>').format(
            self.chunks[self.entries[entry]]["file"]
        )
        return Markup("\n").join([*links, script])

    def _reached(self, key: str) -> Iterator[str]:
        for imported in self.chunks[key].get("imports", ()):
            yield from self._reached(imported)
        yield key


def chunk_sheets(chunk: Mapping[str, Any]) -> list[str]:
    """The style sheets that a chunk brings along."""
    return list(chunk.get("css", ()))


@cache
def bundle() -> Bundle:
    """The bundle of this installation; read once."""
    return Bundle()


def warn_if_missing(_: object) -> None:
    """Say at start that pages will be bare; the API works without the bundle."""
    try:
        bundle()
    except BundleMissing as exc:
        log.warning("bundle_missing", message=exc.sentence)


def asset(entry: str) -> Markup:
    """Template global: the elements that load an entry of the bundle; nothing when it has not been
    built.
    """
    try:
        return bundle().tags(entry)
    except BundleMissing:
        return Markup("")


def send_asset(name: str) -> Response:
    """One file of the bundle: compressed where the browser takes it, kept for a year because its
    name has its hash.
    """
    suffix = Path(name).suffix
    squeezed = (
        suffix in TYPES
        and request.accept_encodings.quality("gzip") > 0
        and (DIST / f"{name}.gz").is_file()
    )
    if name == "manifest.json" or name.endswith(".gz"):
        abort(404)
    answer = send_from_directory(
        DIST, f"{name}.gz" if squeezed else name, mimetype=TYPES.get(suffix)
    )
    if squeezed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    if name.startswith("assets/"):
        answer.headers["Cache-Control"] = f"public, max-age={FOREVER_SECONDS}, immutable"
    return answer
