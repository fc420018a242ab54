"""The Graph's errors → ours, by what to do about them. Pure.

A number alone says too little: 10 and 200 are a permission that is missing, or with a subcode one person who cannot be
written to. What is passed on is Meta's own sentence, without the tokens that it sometimes repeats.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot import errors
from bot.connectors import sentences
from bot.connectors.client import Answer

_TOO_FAST = frozenset({4, 17, 32, 341, 613, 130429, 131048, 131056, 133016, *range(80000, 80015)})
_TOKEN = frozenset({102, 190, 463, 467, 131005, 131031, 133010})
# Among them, 230 is one person's own wish.
_PERMISSION = frozenset({3, 10, *range(200, 300)}) - {230}
_A_WHILE = frozenset({2, 131016, 131057})
_BLOCKED = frozenset({368, 1893063})
_UNKNOWN = frozenset({1, 131000})
# The contact wrote too long ago: Messenger's, Instagram's, WhatsApp's.
_WINDOW = frozenset({2018278, 2534022, 131047})
# How tokens of Meta's begin, whoever's they are.
_LIKE_A_TOKEN = re.compile(r"\b(?:EA|IG|TH)[A-Za-z0-9]{20,}")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Closed(errors.Refused):
    """The contact wrote too long ago: the network lets nobody answer any more."""


def of(answer: Answer, now: datetime, *, acts: bool) -> errors.ComptoirError:
    """Our error for an answer that is none. `acts` when the request changes something that must not be done twice."""
    told = error_in(answer.body)
    if answer.status == 429:
        return _too_fast(answer, now)
    if told is None:
        return lost(acts=acts)
    code, subcode = _number(told, "code"), _number(told, "error_subcode")
    reason = sentences.fit(str(told.get("message") or "no reason given"), answer.secrets, _LIKE_A_TOKEN)
    sentence = f"{reason} ({code})"
    if code in _TOO_FAST:
        return _too_fast(answer, now)
    if code in _TOKEN or answer.status == 401:
        return errors.Reauthorize(f"Meta no longer accepts this channel's token: {sentence}")
    if {code, subcode} & _WINDOW:
        return Closed()
    if {code, subcode} & _BLOCKED:
        return errors.TryLater(f"Meta has blocked this account for a while: {sentence}", after=_HOUR)
    if code in _PERMISSION and not subcode:
        return errors.Reauthorize(f"The app lacks a permission: {sentence}")
    if code in _A_WHILE or told.get("is_transient") is True:
        return errors.TryLater(f"Meta has a difficulty of its own: {sentence}")
    if code in _UNKNOWN or answer.status >= 500:
        return lost(acts=acts)
    return errors.Refused(f"Meta refused: {sentence}")


def lost(*, acts: bool) -> errors.ComptoirError:
    if acts:
        return errors.Uncertain("Meta's answer was lost or could not be read. It may have taken it.")
    return errors.TryLater("Meta's answer was lost or could not be read.")


def taken(external_id: object) -> str:
    """The id under which Meta has what we sent. Raises Uncertain when it does not say."""
    if not isinstance(external_id, str) or not external_id:
        raise errors.Uncertain("Meta took the message but did not say under which id.")
    return external_id


def error_in(body: bytes) -> dict[str, Any] | None:
    told = decoded(body)
    error = told.get("error") if told is not None else None
    return error if isinstance(error, dict) else None


def decoded(body: bytes) -> dict[str, Any] | None:
    """The JSON object that an answer holds, or None."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _too_fast(answer: Answer, now: datetime) -> errors.TryLater:
    wait = answer.retry_after(now) if "retry-after" in answer.headers else _regained(answer.headers)
    return errors.TryLater(f"Meta asks us to wait {int(wait.total_seconds())} s.", after=wait)


def _regained(headers: Mapping[str, str]) -> timedelta:
    """When the account may ask again, as the usage header tells it in minutes; a minute when it does not."""
    told = decoded(headers.get("x-business-use-case-usage", "").encode())
    uses = [use for listed in (told or {}).values() if isinstance(listed, list) for use in listed]
    minutes = [_number(use, "estimated_time_to_regain_access") for use in uses if isinstance(use, dict)]
    return min(max([_MINUTE, *(timedelta(minutes=min(each, 1440)) for each in minutes)]), _DAY)


def _number(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
