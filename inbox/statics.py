"""Styles, scripts, drawings and the font: read once, kept compressed, and so named that browsers may keep them for ever."""

import gzip
from dataclasses import dataclass
from functools import cache

from aiohttp import hdrs, web

from inbox.rendering import SERVED, STATIC

FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    body: bytes
    packed: bytes | None
    kind: str


async def show(request: web.Request) -> web.Response:
    """A static file. The address's first part changes with the content, so what it says never matters."""
    file = _files().get(request.match_info["path"])
    if file is None:
        raise web.HTTPNotFound
    headers = {hdrs.CONTENT_TYPE: file.kind, hdrs.CACHE_CONTROL: FOR_EVER, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if file.packed and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(body=file.packed, headers=headers | {hdrs.CONTENT_ENCODING: "gzip"})
    return web.Response(body=file.body, headers=headers)


@cache
def _files() -> dict[str, File]:
    """Every file that is served, by its path: no request's path ever reaches the disk."""
    found = sorted(file for file in STATIC.rglob("*") if file.suffix in SERVED and "node_modules" not in file.parts)
    return {file.relative_to(STATIC).as_posix(): _file(file.read_bytes(), SERVED[file.suffix]) for file in found}


def _file(body: bytes, kind: str) -> File:
    is_text = kind != "font/woff2"
    return File(
        body, gzip.compress(body, 9, mtime=0) if is_text else None, f"{kind}; charset=utf-8" if is_text else kind
    )
