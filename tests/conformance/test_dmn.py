"""The public DMN cases: what is listed as passing must pass, and how many pass is reported.

``make conformance DIR=…`` names the folder; ``passing.txt`` has a line for each test file with the
ids that must pass. Write it anew with ``python -m tests.conformance.test_dmn`` after the language
has learnt something.
"""

from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.cases import PASSING, folder, listed, outcomes

FOLDER = folder()
needs_cases = pytest.mark.skipif(
    FOLDER is None, reason="没有 DMN 公开用例：请用 JIEBANG_CONFORMANCE_DIR 指明目录"
)


def results(root: Path) -> dict[str, dict[str, bool]]:
    """The outcome of every case, by test file."""
    return {
        str(path.relative_to(root)): outcomes(path, root)
        for path in sorted(root.rglob("*-test-*.xml"))
    }


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, bool]]:
    assert FOLDER is not None
    return results(FOLDER)


@needs_cases
def test_cases_listed_as_passing_still_pass(found, capsys):
    lost = [
        f"{file}: {case}"
        for file, ids in listed().items()
        if file in found
        for case in sorted(ids)
        if not found[file].get(case, False)
    ]
    with capsys.disabled():
        print("\n" + report(found))
    assert found
    assert lost == []


@needs_cases
def test_level_2_passes_completely(found):
    level = {file: outcome for file, outcome in found.items() if "compliance-level-2" in file}
    if not level:
        pytest.skip("该目录中没有二级用例")
    assert [
        f"{file}: {case}"
        for file, outcome in level.items()
        for case, good in outcome.items()
        if not good
    ] == []


def report(found: dict[str, dict[str, bool]]) -> str:
    """Passed of run, by folder."""
    ran, passed = Counter(), Counter()
    for file, outcome in found.items():
        level = Path(file).parts[0]
        ran[level] += len(outcome)
        passed[level] += sum(outcome.values())
    return "\n".join(f"DMN {level}: {passed[level]} / {ran[level]}" for level in sorted(ran))


if __name__ == "__main__":
    assert FOLDER is not None
    kept = {
        file: [case for case, good in outcome.items() if good]
        for file, outcome in results(FOLDER).items()
    }
    PASSING.write_text(
        "".join(f"{file}: {'; '.join(ids)}\n" for file, ids in kept.items() if ids),
        encoding="utf-8",
    )
