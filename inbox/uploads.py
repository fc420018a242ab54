"""Files on their way in from an agent's device: how much may come, and what becomes of it before it lies beside a reply.

A body with files is let in only for somebody who is signed in, a few at a time, and lies on disk until it is looked at. Pictures
are decoded one at a time in a process, because a decoded picture is large.
"""

import asyncio
import importlib
from collections.abc import Iterable, Sequence

from aiohttp import web

from bot import errors, wire
from bot.desk import enclosing
from bot.store.enclosures import Writer
from bot.store.parts import Part
from inbox import acting, allowing, drawing, problems
from inbox.keys import VIEWER

LONGEST_BODY = 32 * 1024 * 1024
MOST_FILES = 10  # in one form
WAYS_IN = ("/enclosures", "/replies")

TOO_LARGE = "This file is too large."

CAME: web.RequestKey[tuple[web.FileField, ...]] = web.RequestKey("came", tuple)
ONE_PICTURE: web.AppKey[asyncio.Lock] = web.AppKey("one_picture", asyncio.Lock)


def may_come(request: web.Request) -> bool:
    """Whether files may be in this request's body."""
    return request.method == "POST" and request.path.startswith("/tickets/") and request.path.endswith(WAYS_IN)


def note(request: web.Request, values: Iterable[object]) -> None:
    """Remember which files came with it."""
    request[CAME] = tuple(value for value in values if isinstance(value, web.FileField))


def close(request: web.Request) -> None:
    """Nobody looks at its files any more: what lies on disk goes."""
    for file in request.get(CAME, ()):
        file.file.close()


async def lay(request: web.Request, files: Sequence[web.FileField]) -> list[str]:
    """Lay these beside the reply. For each that may not lie there the sentence why, in the agent's language."""
    if not files:
        return []
    ticket, where = await acting.whereabouts(request)
    rules = allowing.at(allowing.connector(request, ticket.channel_id), where.spot).files
    writer = Writer(ticket.id, request[VIEWER].agent_id)
    refused: list[str] = []
    for file in files[:MOST_FILES]:
        try:
            await _lay(request, writer, file, rules)
        except (errors.Refused, errors.Invalid) as problem:
            name = enclosing.plain_name(file.filename)
            why = problems.sentence(drawing.words(request), problems.of(problem))
            refused.append(drawing.words(request)("files.refused", name=name, why=why))
    return refused


async def _lay(request: web.Request, writer: Writer, file: web.FileField, rules: wire.FileRules) -> None:
    async with request.app[ONE_PICTURE]:
        made = await asyncio.to_thread(_made, file, rules)
    await acting.write(request, lambda tx: enclosing.lay(tx, writer, file.filename, made))


def _made(file: web.FileField, rules: wire.FileRules) -> tuple[Part, Part | None]:
    """The file as it may leave. The library of pictures is loaded with the first one, because a start is nearly all loading."""
    body = file.file.read(enclosing.LARGEST_FILE + 1)
    if not rules.most:
        raise errors.Refused("No file can be sent from here.")
    if len(body) > enclosing.LARGEST_FILE:
        raise errors.Refused(TOO_LARGE)
    made: tuple[Part, Part | None] = importlib.import_module("bot.desk.picturing").outgoing(body, rules)
    return made
