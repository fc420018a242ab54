"""What a server's answer means, by what to do about it. Pure.

Only Bluesky's own sentence of a refusal is passed on, and little of it, without our secrets: an answer may quote anything.
"""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from bot import errors
from bot.connectors import sentences
from bot.connectors.client import LONGEST_WAIT, Answer

_A_WHILE = timedelta(seconds=30)
_SPENT = ("ExpiredToken", "InvalidToken")
# What a token that was made without the right to direct messages is told.
_SCOPE = ("Bad token scope", "Bad token method")
_CLOSED = ("AccountTakedown", "AccountDeactivated", "AccountSuspended", "AuthFactorTokenRequired")
_UNREADABLE = "Bluesky's answer was lost or could not be read."
MAYBE_TAKEN = f"{_UNREADABLE} It may have taken what we said."


class Unchanged(errors.Refused):
    """There is a record of this name already."""


class Missing(errors.Refused):
    """There is no such record."""


class OutOfReach(errors.Refused):
    """This app password does not allow direct messages."""


def read(answer: Answer, now: datetime, *, acts: bool) -> dict[str, Any]:
    """What the server told. `acts` when the request changes something: then an answer that says nothing is Uncertain."""
    body = _body(answer)
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES and body is not None:
        return body
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise errors.TryLater("Bluesky asks us to wait.", after=wait(answer, now))
    if answer.status < HTTPStatus.BAD_REQUEST or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or body is None:
        raise errors.Uncertain(MAYBE_TAKEN) if acts else errors.TryLater(_UNREADABLE)
    raise _refusal(answer, str(body.get("error") or ""), str(body.get("message") or ""))


def _refusal(answer: Answer, error: str, sentence: str) -> errors.ComptoirError:
    if error == "InvalidSwap":
        return Unchanged()
    if error in {"RecordNotFound", "NotFound"} or sentence.startswith("Could not locate record"):
        return Missing()
    if any(words in sentence for words in _SCOPE):
        return OutOfReach()
    reason = sentences.fit(sentence or error or str(answer.status), answer.secrets)
    if answer.status == HTTPStatus.UNAUTHORIZED or error in _SPENT or error in _CLOSED:
        return errors.Reauthorize(f"Bluesky no longer accepts this account's credentials: {reason}")
    return errors.Refused(f"Bluesky refused: {reason}")


def is_spent(answer: Answer) -> bool:
    """Whether our token has had its day, so that the same may be asked again with a new one: nothing was done."""
    if answer.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
        return False
    body = _body(answer) or {}
    if any(words in str(body.get("message")) for words in _SCOPE):
        return False
    return body.get("error") in _SPENT or answer.status == HTTPStatus.UNAUTHORIZED


def wait(answer: Answer, now: datetime) -> timedelta:
    """How long to wait after a refusal for haste: by Retry-After, else until the limit is counted anew, else a while."""
    if "retry-after" in answer.headers:
        return answer.retry_after(now)
    reset = reset_at(answer)
    return min(max(reset - now, timedelta(seconds=1)), LONGEST_WAIT) if reset else _A_WHILE


def reset_at(answer: Answer) -> datetime | None:
    """When the limit that the answer tells of is counted anew."""
    text = answer.headers.get("ratelimit-reset", "")
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _body(answer: Answer) -> dict[str, Any] | None:
    """The answer's object; None when it is none. Half an emoji in one post must not make a page unreadable."""
    if not answer.body and HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return {}
    try:
        found = json.loads(answer.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
