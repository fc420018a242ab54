"""A kept file as an answer, from our own address: a picture to be looked at, anything else to be saved. Nothing in it is run."""

from urllib.parse import quote

from aiohttp import web

from bot.desk.enclosing import ENDINGS
from bot.store.media import Found

PICTURES = ("image/webp", "image/jpeg", "image/png")
# A kept file may be shown again by the same browser for a while; it is never another's.
SAFE = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=300"}


def served(found: Found) -> web.Response:
    """The file under its own name, with the ending of what it is and not of what it says to be."""
    stem = found.name.rpartition(".")[0] or found.name or "file"
    how = "inline" if found.kind in PICTURES else "attachment"
    name = f"{how}; filename*=UTF-8''{quote(f'{stem}.{ENDINGS[found.kind]}', safe='')}"
    return web.Response(body=found.body, headers=SAFE | {"Content-Type": found.kind, "Content-Disposition": name})
