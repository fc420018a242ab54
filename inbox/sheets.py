"""The pages besides the desk: a frame, a form, what is wrong with it, and what has been done."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from bot import errors
from bot.store.transaction import Transaction
from inbox import acting, drawing, i18n, problems, screens
from inbox.keys import ENGINE, RENDERER, VIEWER
from inbox.packing import packed
from inbox.rendering import html
from inbox.screens import Frame
from inbox.visitors import locale_of

T = TypeVar("T")
Faults = dict[str, str]


async def look(request: web.Request, question: Callable[[Transaction], T]) -> tuple[Frame, T]:
    """The frame and what the page asks, from one snapshot."""
    return await acting.read(request, lambda tx: (screens.frame(tx, request[VIEWER]), question(tx)))


def page(
    request: web.Request, template: str, frame: Frame, current: str, *, faults: Faults | None = None, **context: Any
) -> web.Response:
    """A page within the frame. With faults it answers 422, and each stands beside its field; "" is the whole form's."""
    drawn = drawing.draw(
        request,
        template,
        **drawing.frame_context(request, frame, current),
        said=_said(request),
        faults=faults or {},
        told=lambda text: problems.translated(words_of(request), text) or text,
        **context,
    )
    return packed(request, html(drawn, status=422 if faults else 200))


def door(
    request: web.Request, template: str, *, status: int = 200, faults: Faults | None = None, **context: Any
) -> web.Response:
    """A page before anybody has signed in."""
    locale = words_of(request).locale
    drawn = request.app[RENDERER].draw(locale, template, faults=faults or {}, said=_said(request), **context)
    return html(drawn, status=422 if faults and status == 200 else status)


def faults_of(request: web.Request, *found: errors.ComptoirError) -> Faults:
    """What is wrong with a form, by field, in the reader's language; of each field what was found first."""
    told = [problems.of(error) for error in reversed(found)]
    return {problem.field: problems.sentence(words_of(request), problem) for problem in told}


def back(address: str, said: str = "") -> web.Response:
    """Go on to a page that says what has been done."""
    return web.Response(status=303, headers={"Location": f"{address}?{urlencode({'done': said})}" if said else address})


def number(request: web.Request, noun: str) -> int:
    """The thing that the address names. The route admits digits only."""
    return int(request.match_info[noun])


def _said(request: web.Request) -> str:
    """The catalogue's key for what has been done; empty when the address names none."""
    key = f"said.{request.query.get('done', '')}"
    return key if request.app[RENDERER].words["en"].has(key) else ""


def words_of(request: web.Request) -> i18n.Words:
    """The reader's words, whether or not anybody has signed in."""
    return request.app[RENDERER].words[locale_of(request, request.app[ENGINE].settings.default_locale)]
