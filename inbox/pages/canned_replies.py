"""Canned replies: everybody reads them, supervisors keep them. French and English stand side by side."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.desk import canned
from bot.errors import Conflict, Invalid
from bot.model import canned_reply
from bot.store import canned_replies, suggestions
from bot.store.canned_replies import CannedReplyRow
from inbox import acting, sheets
from inbox.access import Act, may
from inbox.forms import Form
from inbox.keys import VIEWER
from inbox.sheets import Faults

FIELDS = ("shortcut", "title", "text_fr", "text_en", "is_safe_in_public", "preview", "means")
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Typed:
    """A canned reply as the form holds it."""

    shortcut: str = ""
    title: str = ""
    text_fr: str = ""
    text_en: str = ""
    is_safe_in_public: bool = False

    @property
    def blanks(self) -> tuple[str, ...]:
        """The names in braces of both versions, each once."""
        return tuple(dict.fromkeys(canned_reply.blanks(self.text_fr) + canned_reply.blanks(self.text_en)))


async def index(request: web.Request) -> web.Response:
    frame, (found, fates) = await sheets.look(request, lambda tx: (canned_replies.all(tx), suggestions.counts(tx)))
    context: dict[str, Any] = {"found": found, "fates": fates, "may_edit": _may_edit(request)}
    return sheets.page(request, "canned_replies/index.html", frame, "canned-replies", **context)


async def new(request: web.Request) -> web.Response:
    return await _form(request, Typed(), None)


async def create(request: web.Request) -> web.Response:
    return await _save(request, None)


async def show(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "canned_reply")
    found = await acting.read(request, lambda tx: canned_replies.find(tx, id_))
    typed = Typed(found.shortcut, found.title, found.text_fr, found.text_en, is_safe_in_public=found.is_safe_in_public)
    return await _form(request, typed, found)


async def change(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "canned_reply")
    return await _save(request, await acting.read(request, lambda tx: canned_replies.find(tx, id_)))


async def remove(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "canned_reply")
    await acting.write(request, lambda tx: canned.remove(tx, id_, by=acting.by(request)))
    return sheets.back("/canned-replies", "canned_reply_removed")


async def _save(request: web.Request, known: CannedReplyRow | None) -> web.Response:
    form = await acting.form(request, *FIELDS)
    typed = _typed(form)
    if form.ticked("preview"):
        return await _form(request, typed, known, is_preview=True)
    if doubts := {} if form.ticked("means") else _doubts(request, typed):
        return await _form(request, typed, known, doubts, is_doubted=True)
    try:
        await acting.write(request, lambda tx: canned.save(
            tx, known.id if known else None, shortcut=typed.shortcut, title=typed.title, text_fr=typed.text_fr,
            text_en=typed.text_en, is_safe_in_public=typed.is_safe_in_public, by=acting.by(request),
        ))  # fmt: skip
    except Invalid as error:
        return await _form(request, typed, known, sheets.faults_of(request, error))
    except Conflict as error:
        return await _form(request, typed, known, {"shortcut": sheets.faults_of(request, error)[""]})
    return sheets.back("/canned-replies", "canned_reply_saved")


async def _form(
    request: web.Request,
    typed: Typed,
    known: CannedReplyRow | None,
    faults: Faults | None = None,
    *,
    is_preview: bool = False,
    is_doubted: bool = False,
) -> web.Response:
    frame, _ = await sheets.look(request, canned_replies.all)
    context: dict[str, Any] = {
        "typed": typed,
        "known": known,
        "may_edit": _may_edit(request),
        "is_preview": is_preview or known is not None,
        "is_doubted": is_doubted,
        "examples": _examples(request),
        "filled": lambda text: canned_reply.fill(text, _examples(request)),
        "known_blanks": tuple(_examples(request)),
    }
    return sheets.page(request, "canned_replies/form.html", frame, "canned-replies", faults=faults, **context)


def _doubts(request: web.Request, typed: Typed) -> Faults:
    """The blanks that nobody would fill as they are written, by the text they stand in."""
    words, found = sheets.words_of(request), dict[str, str]()
    for field, text in (("text_fr", typed.text_fr), ("text_en", typed.text_en)):
        for written, meant in canned.misspelt(text).items():
            key = "canned.misspelt" if meant else "canned.no_blank"
            found[field] = " ".join((found.get(field, ""), words(key, written=written, meant=meant))).strip()
    return found


def _typed(form: Form) -> Typed:
    return Typed(
        form.name("shortcut", longest=40),
        form.name("title", longest=120),
        form.text("text_fr", longest=LONGEST),
        form.text("text_en", longest=LONGEST),
        is_safe_in_public=form.ticked("is_safe_in_public"),
    )


def _may_edit(request: web.Request) -> bool:
    return may(request[VIEWER].role, Act.EDIT_CANNED_REPLIES)


def _examples(request: web.Request) -> dict[str, str]:
    """What a preview puts for the blanks that the desk knows how to fill."""
    words, viewer = sheets.words_of(request), request[VIEWER]
    return {
        "contact_name": words("canned.example.contact_name"),
        "contact_first_name": words("canned.example.contact_first_name"),
        "agent_name": viewer.name,
        "agent_first_name": viewer.name.split(" ")[0],
        "branch": words("canned.example.branch"),
        "channel": words("canned.example.channel"),
        "team": words("canned.example.team"),
        "ticket": "4217",
    }
