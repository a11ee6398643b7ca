"""Pairs for the rules on Word templates."""

from io import BytesIO

from docx import Document

from tests.diagrams.draw import Pair


def word(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    document, out = Document(), BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


GOOD = word("金额：{{ amount|money }}", "{% for one in answers %}{{ one.name }}{% endfor %}")
PAIRS = {
    "paper-unused": Pair(
        valid={"paper.docx": GOOD},
        invalid={"papers.docx": GOOD},
        element="",
        mark=None,
        file="papers.docx",
    ),
    "paper-name": Pair(
        valid={"paper.docx": GOOD},
        invalid={"paper.docx": word("{{ amont }}")},
        element="amont",
        mark=None,
        file="paper.docx",
    ),
}
MORE = [
    (
        "file-readable",
        Pair(
            valid={"paper.docx": GOOD},
            invalid={"paper.docx": content},
            element="",
            mark=None,
            file="paper.docx",
        ),
    )
    for content in (b"", b"PK\x03\x04", GOOD[:-200], word("{{ amount"), word("{{ ''.__class__ }}"))
]
