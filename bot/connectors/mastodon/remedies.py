"""What an instance answered, as what it means or as what to do about it. Pure."""

import json
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from bot import errors
from bot.connectors import sentences
from bot.connectors.client import LONGEST_WAIT, Answer

LOST = "Mastodon's answer was lost or could not be read."
EXPIRED = "Mastodon no longer accepts this account's token. Renew it in the channel's settings."
_A_WHILE = timedelta(seconds=30)


class Asking(Enum):
    """What the request was for, because a lost answer means something else in each."""

    HEARING = "nothing has changed"
    CHANGING = "it may be done again"
    SAYING = "it may have been said"


def read(answer: Answer, now: datetime, asking: Asking) -> Any:
    """The answer's content. Raises what is to be done about any that is no success."""
    found = parsed(answer.body)
    if 200 <= answer.status < 300 and found is not None:
        return found
    reason = _reason(found)
    raise _remedy(answer, None if reason is None else sentences.fit(reason, answer.secrets), now, asking)


def parsed(body: bytes) -> Any:
    """The JSON, or None when it is none. Half an emoji in one post must not make a page of them unreadable."""
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def listed(found: Any) -> list[Any]:
    """What must be a list. Raises TryLater when it is none."""
    if not isinstance(found, list):
        raise errors.TryLater(LOST)
    return found


def _remedy(answer: Answer, reason: str | None, now: datetime, asking: Asking) -> errors.ComptoirError:
    status = answer.status
    if status == 429:
        wait = _wait(answer, now)
        return errors.TryLater(f"Too many requests. Again in {wait.seconds} s.", after=wait)
    if status == 401:
        return errors.Reauthorize(EXPIRED)
    if 300 <= status < 400:
        return errors.Refused("The instance's address leads elsewhere. Give the address that it has now.")
    if reason is None or 200 <= status < 300:
        return _lost(asking)  # a gateway's page: whatever its number means, Mastodon did not say it
    if status in {404, 410}:
        return errors.NotFound(f"Mastodon does not have it: {reason}")
    if status == 403 and asking is Asking.HEARING:
        return errors.Reauthorize(f"Mastodon does not let this token read: {reason}")
    if status < 500:
        return errors.Refused(f"Mastodon refused: {reason}")
    return errors.TryLater("Mastodon has a difficulty of its own.") if status == 503 else _lost(asking)


def _reason(found: object) -> str | None:
    """The sentence of an error as Mastodon words it; None when it is not Mastodon's."""
    said = found.get("error") if isinstance(found, dict) else None
    return said if isinstance(said, str) else None


def _lost(asking: Asking) -> errors.ComptoirError:
    return errors.Uncertain(f"{LOST} It may have taken it.") if asking is Asking.SAYING else errors.TryLater(LOST)


def _wait(answer: Answer, now: datetime) -> timedelta:
    """Mastodon says when its count begins anew, and not always how long that is."""
    if "retry-after" in answer.headers:
        return answer.retry_after(now)
    try:
        left = datetime.fromisoformat(answer.headers.get("x-ratelimit-reset", "")) - now
    except (TypeError, ValueError):
        return _A_WHILE
    return min(max(left, timedelta(seconds=1)), LONGEST_WAIT)
