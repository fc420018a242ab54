"""Quarantine: what could not be taken in, shown as it came (masked), and tried again; below it the work that was given up."""

import json
from typing import Any

from aiohttp import web

from bot.errors import Conflict, Invalid
from bot.store import quarantines, queue
from bot.store.quarantines import QuarantineRow
from inbox import acting, networks, sheets
from inbox.access import Act, may
from inbox.keys import VIEWER
from inbox.problems import of, sentence
from inbox.sheets import Faults

ON_A_PAGE = 50
MOST_SHOWN = 20_000


async def index(request: web.Request) -> web.Response:
    before = request.query.get("before", "")
    last = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    frame, (found, dead) = await sheets.look(
        request,
        lambda tx: (
            quarantines.waiting(tx, before=last, limit=ON_A_PAGE + 1),
            queue.dead(tx) if last is None else [],
        ),
    )
    context: dict[str, Any] = {
        "found": found[:ON_A_PAGE],
        "more": found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
        "dead": dead,
        "may_retry": may(request[VIEWER].role, Act.RETRY_QUARANTINE),
    }
    return sheets.page(request, "quarantine/index.html", frame, "quarantine", **context)


async def show(request: web.Request, faults: Faults | None = None) -> web.Response:
    id_ = sheets.number(request, "quarantine")
    frame, row = await sheets.look(request, lambda tx: quarantines.find(tx, id_))
    may_retry = may(request[VIEWER].role, Act.RETRY_QUARANTINE)
    return sheets.page(
        request,
        "quarantine/show.html",
        frame,
        "quarantine",
        faults=faults,
        row=row,
        raw=_shown(row),
        may_retry=may_retry,
    )


async def release(request: web.Request) -> web.Response:
    """Try to take it in once more. What is still wrong with it is noted, and it stays."""
    id_ = sheets.number(request, "quarantine")
    row = await acting.read(request, lambda tx: quarantines.find(tx, id_))
    try:
        await networks.retaken(request, row, by=acting.by(request))
    except (Conflict, Invalid) as error:
        return await show(request, {"": sentence(sheets.words_of(request), of(error))})
    return sheets.back("/quarantine", "released")


def _shown(row: QuarantineRow) -> str:
    """The payload for reading: JSON is laid out, anything else is shown as text with its odd bytes named."""
    text = row.raw.decode("utf-8", "backslashreplace")
    try:
        laid_out = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        laid_out = text
    return laid_out[:MOST_SHOWN]
