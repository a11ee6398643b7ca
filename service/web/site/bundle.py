"""The files for the browser: their names from Vite's manifest, and how they are sent."""

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
LINK = Markup('<link rel="stylesheet" href="/assets/{}">')
SCRIPT = Markup('<script type="module" src="/assets/{}"></script>')
TYPES = {".js": "text/javascript", ".css": "text/css"}


class Bundle:
    """The built files of ``folder``, by entry name (``app``, ``diagram``, ``form``)."""

    def __init__(self, folder: Path = DIST) -> None:
        """Read the manifest.

        :raises BundleMissing: there is no manifest.
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
        """The ``link`` and ``script`` elements that load an entry.

        :raises KeyError: there is no such entry.
        """
        key = self.entries[entry]
        chunks = [self.chunks[name] for name in dict.fromkeys(self._with_imports(key))]
        sheets = [sheet for chunk in chunks for sheet in chunk_sheets(chunk)]
        links = [LINK.format(sheet) for sheet in dict.fromkeys(sheets)]
        script = SCRIPT.format(self.chunks[key]["file"])
        return Markup("\n").join([*links, script])

    def _with_imports(self, key: str) -> Iterator[str]:
        """A chunk and all chunks that it imports. What is imported comes first."""
        for imported in self.chunks[key].get("imports", ()):
            yield from self._with_imports(imported)
        yield key


def chunk_sheets(chunk: Mapping[str, Any]) -> list[str]:
    """The style sheets of a chunk."""
    return list(chunk.get("css", ()))


@cache
def bundle() -> Bundle:
    """The bundle of this installation. Its manifest is read only once."""
    return Bundle()


def warn_if_missing(_: object) -> None:
    """Log a warning at start if pages have no styles and scripts. The API works without them."""
    try:
        bundle()
    except BundleMissing as exc:
        log.warning("bundle_missing", message=exc.sentence)


def asset(entry: str) -> Markup:
    """The elements that load an entry of the bundle, for the templates.

    There are none if the bundle has not been built.
    """
    try:
        return bundle().tags(entry)
    except BundleMissing:
        return Markup("")


def send_asset(name: str) -> Response:
    """Send one file of the bundle.

    It is compressed if the browser takes that. Browsers keep it for a year, because its name has
    the hash of its content.
    """
    if name == "manifest.json" or name.endswith(".gz"):
        abort(404)
    suffix = Path(name).suffix
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    compressed = suffix in TYPES and takes_gzip and (DIST / f"{name}.gz").is_file()
    path = f"{name}.gz" if compressed else name
    response = send_from_directory(DIST, path, mimetype=TYPES.get(suffix))
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    if name.startswith("assets/"):
        response.headers["Cache-Control"] = f"public, max-age={FOREVER_SECONDS}, immutable"
    return response
