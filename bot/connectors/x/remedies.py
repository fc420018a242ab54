"""X's answers → what to do about them. Pure.

X explains itself in one of three shapes; of these only its own sentences are passed on, short and without our secrets.
"""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from bot import errors
from bot.connectors import sentences
from bot.connectors.client import Answer

_A_WHILE = timedelta(seconds=60)
_LONGEST = timedelta(minutes=15)
_CREDITS = timedelta(minutes=15)


def well(answer: Answer, now: datetime, *, acts: bool) -> dict[str, Any]:
    """The object that X answered. Raises our error for anything else.

    `acts` when the request must not be done twice: then an answer that nobody can read raises Uncertain instead of TryLater.
    """
    told = _object(answer.body)
    if told is None or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status < HTTPStatus.OK:
        _complain(answer, now)
        raise _lost(acts)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise errors.Reauthorize(
            "X no longer accepts this account's credentials. Renew them in the channel's settings."
        )
    if answer.status == HTTPStatus.PAYMENT_REQUIRED:
        raise errors.TryLater("The credits at X are spent. Buy more in X's developer console.", after=_CREDITS)
    _complain(answer, now)
    if answer.status == HTTPStatus.CONFLICT:
        raise errors.TryLater(
            f"X is busy with another request of ours: {sentences.fit(_reason(told), answer.secrets)}", after=_A_WHILE
        )
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise errors.Refused(f"X refused: {sentences.fit(_reason(told), answer.secrets)}")
    return told


def _reason(told: dict[str, Any]) -> str:
    """X's own reason, without whatever else the answer holds."""
    problems = told.get("errors")
    first = problems[0] if isinstance(problems, list) and problems else None
    for where in (told, first):
        for name in ("detail", "message", "title"):
            found = where.get(name) if isinstance(where, dict) else None
            if isinstance(found, str) and found:
                return found
    return "it gave no reason"


def _complain(answer: Answer, now: datetime) -> None:
    """Raise TryLater when we were too fast, whatever the page of it looks like."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = _wait(answer, now)
        raise errors.TryLater(f"X asks us to slow down. Again in {int(wait.total_seconds())} s.", after=wait)


def _wait(answer: Answer, now: datetime) -> timedelta:
    """By X's own header or the usual one; a minute where there is neither. Never nothing, or we would ask without end."""
    reset = answer.headers.get("x-rate-limit-reset", "")
    if reset.isascii() and reset.isdigit() and len(reset) < 12:
        told = datetime.fromtimestamp(int(reset), UTC) - now + timedelta(seconds=1)
    elif "retry-after" in answer.headers:
        told = answer.retry_after(now)
    else:
        told = _A_WHILE
    return min(max(told, timedelta(seconds=1)), _LONGEST)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body.decode("utf-8", "replace") or "{}")
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _lost(acts: bool) -> errors.ComptoirError:
    if acts:
        return errors.Uncertain("X's answer was lost or could not be read. It may have taken the message.")
    return errors.TryLater("X's answer was lost or could not be read.")
