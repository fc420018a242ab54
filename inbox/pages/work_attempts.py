"""Follow-up work that was given up, tried again."""

from aiohttp import web

from bot.desk import reviving
from inbox import acting, sheets


async def create(request: web.Request) -> web.Response:
    """Let work that was given up be done again. Whoever may retry what is in quarantine may do this."""
    id_ = sheets.number(request, "work")
    await acting.write(request, lambda tx: reviving.revive(tx, id_, by=acting.by(request)))
    return sheets.back("/quarantine", "revived")
