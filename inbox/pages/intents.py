"""Intents: what the operator teaches the bot. One page to find them, one to write each, with its examples one in a line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.desk import intents, likeness, starting
from bot.desk.intents import LANGUAGES, Draft
from bot.desk.likeness import Doubt, Known
from bot.errors import Conflict, Invalid, NotFound
from bot.model.intent import Check, During, Hours, Place, Policy
from bot.store import canned_replies, trained
from bot.store import intents as kept
from bot.store.intents import Book, IntentRow
from bot.store.transaction import Transaction
from inbox import acting, drawing, sheets
from inbox.forms import Form
from inbox.rendering import Piece, pieces
from inbox.sheets import Faults

CHOICES = {"policy": Policy, "place": Place, "hours": Hours, "during": During, "awaits": Check}
TEXTS = ("name", "title_fr", "title_en", "question_fr", "question_en")
FIELDS = (*TEXTS, *CHOICES, "canned_reply_id", "examples_fr", "examples_en", "intent")
LONGEST = 200_000  # of a list of examples


@dataclass(frozen=True, slots=True)
class Typed:
    """An intent as the form holds it."""

    name: str = ""
    title_fr: str = ""
    title_en: str = ""
    policy: str = Policy.SUGGEST
    canned_reply_id: int | None = None
    place: str = Place.ANYWHERE
    hours: str = Hours.ALWAYS
    during: str = During.WHATEVER
    question_fr: str = ""
    question_en: str = ""
    awaits: str = Check.NONE
    lines: dict[str, str] = field(default_factory=dict[str, str])


async def index(request: web.Request) -> web.Response:
    wanted, policy = request.query.get("q", "").strip()[:200], request.query.get("policy", "")
    frame, (book, labels) = await sheets.look(request, _measured)
    found = [one for one in book.intents if _matches(one, wanted.casefold(), policy)]
    return sheets.page(
        request, "intents/index.html", frame, "intents", book=book, found=found, labels=labels, wanted=wanted, policy=policy,
        policies=tuple(Policy),
    )  # fmt: skip


async def new(request: web.Request) -> web.Response:
    return await _form(request, Typed(), None)


async def create(request: web.Request) -> web.Response:
    return await _save(request, None)


async def take_starters(request: web.Request) -> web.Response:
    await acting.form(request)
    await acting.write(request, lambda tx: starting.take(tx, by=acting.by(request)))
    return sheets.back("/intents", "starters_taken")


async def show(request: web.Request) -> web.Response:
    known = await _known(request)
    lines = {
        language: "\n".join(one.text for one in known.examples if one.language == language) for language in LANGUAGES
    }
    names = [name for name in Typed.__dataclass_fields__ if name != "lines"]
    return await _form(request, Typed(**{name: getattr(known, name) for name in names}, lines=lines), known)


async def change(request: web.Request) -> web.Response:
    return await _save(request, await _known(request))


async def remove(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "intent")
    await acting.write(request, lambda tx: intents.remove(tx, id_, by=acting.by(request)))
    return sheets.back("/intents", "intent_removed")


async def compare(request: web.Request) -> web.Response:
    """While he types: which lines are examples already, or nearly, and whose."""
    form = await acting.form(request, *FIELDS)
    typed, own = _typed(form), form.number("intent")
    found = await acting.read(request, lambda tx: _doubts(tx, typed, own, sheets.words_of(request).locale))
    return pieces(
        Piece(f"doubts-{language}", drawing.draw(request, "intents/_doubts.html", language=language, doubts=each))
        for language, each in found.items()
    )


async def _save(request: web.Request, known: IntentRow | None) -> web.Response:
    typed = _typed(await acting.form(request, *FIELDS))
    draft = Draft(
        **{name: getattr(typed, name) for name in Typed.__dataclass_fields__ if name != "lines"},
        examples={language: tuple(text.splitlines()) for language, text in typed.lines.items()},
    )
    id_ = known.id if known else None
    try:
        await acting.write(request, lambda tx: intents.save(tx, id_, draft, by=acting.by(request)))
    except Invalid as error:
        return await _form(request, typed, known, sheets.faults_of(request, error))
    except Conflict as error:
        return await _form(request, typed, known, {"name": sheets.faults_of(request, error)[""]})
    except NotFound as error:
        return await _form(request, typed, known, {"canned_reply_id": sheets.faults_of(request, error)[""]})
    return sheets.back("/intents", "intent_saved")


async def _form(
    request: web.Request, typed: Typed, known: IntentRow | None, faults: Faults | None = None
) -> web.Response:
    locale = sheets.words_of(request).locale
    own = known.id if known else None
    frame, (replies, doubts) = await sheets.look(
        request, lambda tx: (canned_replies.all(tx), _doubts(tx, typed, own, locale))
    )
    context: dict[str, Any] = {
        "typed": typed,
        "known": known,
        "replies": replies,
        "answer": next((one for one in replies if one.id == typed.canned_reply_id), None),
        "choices": {name: tuple(words) for name, words in CHOICES.items()},
        "doubts": doubts,
    }
    return sheets.page(request, "intents/form.html", frame, "intents", faults=faults, **context)


async def _known(request: web.Request) -> IntentRow:
    id_ = sheets.number(request, "intent")
    return await acting.read(request, lambda tx: kept.find(tx, id_))


def _typed(form: Form) -> Typed:
    return Typed(
        **{name: form.name(name, longest=120 if "title" in name else 600) for name in TEXTS},
        **{name: form.text(name, longest=20) for name in CHOICES},
        canned_reply_id=form.number("canned_reply_id"),
        lines={language: form.text(f"examples_{language}", longest=LONGEST) for language in LANGUAGES},
    )


def _doubts(tx: Transaction, typed: Typed, own: int | None, locale: str) -> dict[str, list[Doubt]]:
    """By language, against the examples of all other intents."""
    known: dict[str, list[Known]] = {language: [] for language in LANGUAGES}
    for one in kept.book(tx).intents:
        for each in one.examples if one.id != own else ():
            known[each.language].append(Known(each.text, one.title(locale)))
    return {
        language: likeness.doubts(typed.lines.get(language, "").splitlines(), known[language]) for language in LANGUAGES
    }


def _measured(tx: Transaction) -> tuple[Book, Mapping[str, Any]]:
    """The book, and what was measured of each intent in the version at work."""
    book = kept.book(tx)
    return book, trained.find(tx, book.trained_id).figures["labels"] if book.trained_id else {}


def _matches(one: IntentRow, wanted: str, policy: str) -> bool:
    if policy and one.policy != policy:
        return False
    texts = (one.name, one.title_fr, one.title_en, *(each.text for each in one.examples))
    return any(wanted in text.casefold() for text in texts)
