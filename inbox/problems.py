"""An error → what people and programs are told: a status, a sentence in their language, an id to find it by. Never a trace.

Our errors carry English sentences. The catalogue holds each under `sentence`, word for word, what varies as {a}, {b}:
a sentence that is not there is replaced by what its kind of error means, so that nobody reads a foreign language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aiohttp import web

from bot import errors
from inbox import i18n

STATUS: Mapping[type[errors.ComptoirError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.TryLater: 503,
    errors.Reauthorize: 502,
    errors.Refused: 422,
    errors.Uncertain: 502,
}
_KINDS: Mapping[int, str] = {
    401: "sign_in",
    403: "not_allowed",
    404: "not_found",
    405: "method",
    409: "conflict",
    413: "too_large",
    421: "host",
    422: "invalid",
    429: "too_many",
    502: "network",
    503: "later",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong. `kind` is the catalogue's key, `said` the error's own sentence, `wait` the seconds until a retry helps."""

    status: int
    kind: str
    said: str = ""
    field: str = ""
    wait: int = 0


def of(error: Exception) -> Problem:
    """The problem that an error is. Whatever is not ours is a defect: it says nothing of itself."""
    if isinstance(error, errors.ComptoirError):
        status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
        wait = max(1, round(error.after.total_seconds())) if isinstance(error, errors.TryLater) else 0
        field = (error.field or "") if isinstance(error, errors.Invalid) else ""
        return Problem(status, _kind(status), error.message, field, wait)
    if isinstance(error, web.HTTPException):
        return Problem(error.status, _kind(error.status))
    return Problem(500, "defect")


def title(words: i18n.Words, problem: Problem) -> str:
    return words(f"problem.{problem.kind}.title")


def sentence(words: i18n.Words, problem: Problem) -> str:
    """What to do about it, in the reader's language."""
    own = translated(words, problem.said) if problem.said else ""
    return own or words(f"problem.{problem.kind}.text")


def translated(words: i18n.Words, said: str) -> str:
    """An error's sentence in the reader's language; empty when the catalogue does not have it."""
    if words.has(f"sentence.{said}"):
        return words(f"sentence.{said}")
    for key, pattern in _patterns():
        if found := pattern.fullmatch(said):
            return words(key, **found.groupdict())
    return ""


def as_json(words: i18n.Words, problem: Problem, request_id: str) -> dict[str, object]:
    """The problem for programs (RFC 9457)."""
    told: dict[str, object] = {
        "type": "about:blank",
        "title": title(words, problem),
        "status": problem.status,
        "detail": sentence(words, problem),
        "request": request_id,
    }
    return told | ({"field": problem.field} if problem.field else {})


def _kind(status: int) -> str:
    return _KINDS.get(status, "malformed" if status < 500 else "defect")


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The sentences with blanks, as patterns with a group for each."""
    keys = [key for key in i18n.read("en") if key.startswith("sentence.") and "{" in key]
    return [(key, re.compile(_pattern(key.removeprefix("sentence.")), re.DOTALL)) for key in keys]


def _pattern(text: str) -> str:
    parts = re.split(r"\{([a-z])\}", text)
    return "".join(
        re.escape(part) if place % 2 == 0 else f"(?P<{part}>.{{0,300}}?)" for place, part in enumerate(parts)
    )
