"""JSON ↔ wire. Pure. The shapes of `bot/wire.py` are the format; whatever else is refused with the name of the field."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from bot import errors, wire
from bot.wire import InboundMessage, OutboundMessage, Receipt

MOST_MESSAGES = 100
# As the tolerance of the signature: a sender whose time is further away is refused there already.
FUTURE = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LONGEST_REASON = 300

_one = msgspec.json.Decoder(InboundMessage)
_many = msgspec.json.Decoder(Annotated[tuple[InboundMessage, ...], Meta(max_length=MOST_MESSAGES)])
_encoder = msgspec.json.Encoder()
_PLACE = re.compile(r"^(?P<what>.*) - at `\$?\.?(?P<where>[^`]*)`$", re.DOTALL)


class _Answer(msgspec.Struct, frozen=True):
    """What the other side may tell when it has taken an answer. It may add fields of its own."""

    external_id: wire.ExternalId | None = None
    sent_at: Annotated[datetime, Meta(tz=True)] | None = None
    permalink: wire.Link = ""


_answer = msgspec.json.Decoder(_Answer)


def messages(body: bytes, received_at: datetime) -> tuple[InboundMessage, ...]:
    """The one message, or the list of them, that `body` holds.

    Raises Invalid: with `field` when the JSON can be read and something in it is wrong, without when it is not even JSON.
    """
    try:
        told = _many.decode(body) if body.lstrip()[:1] == b"[" else (_one.decode(body),)
    except msgspec.ValidationError as error:
        raise _wrong(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.Invalid("The body is not JSON in UTF-8.") from error
    if b"\\u0000" in body:
        _refuse_nul(told)
    latest = received_at + FUTURE
    return tuple(_dated(message, number, latest) for number, message in enumerate(told))


def outbound(message: OutboundMessage) -> bytes:
    """The body of an answer that leaves."""
    return _encoder.encode(message)


def receipt(body: bytes, key: str) -> Receipt:
    """What the other side says it made of the answer named `key`. Where it gives no id, the key is its name.

    Raises Uncertain for a page instead of an answer: something stood between, and perhaps nothing arrived.
    """
    told = _told(body) if body else _Answer()
    if told is None:
        raise errors.Uncertain("The other side answered with something that is no JSON object.")
    if told.external_id is None:
        return Receipt(external_id=key)
    try:
        sent_at = told.sent_at.astimezone(UTC) if told.sent_at else None
    except OverflowError:
        sent_at = None  # the first or last day there is, in another zone: as good as no time
    return Receipt(external_id=told.external_id, sent_at=sent_at, permalink=wire.web_link(told.permalink))


def found(body: bytes, key: str) -> Receipt | None:
    """The receipt of an answer that was looked up; None when the other side says clearly, by null, that it has none.

    Raises Uncertain when it says neither.
    """
    told = _told(body)
    if told is None or b'"external_id"' not in body:
        raise errors.Uncertain
    return None if told.external_id is None else receipt(body, key)


def _told(body: bytes) -> _Answer | None:
    try:
        return _answer.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError):
        return None


def _dated(message: InboundMessage, number: int, latest: datetime) -> InboundMessage:
    if message.sent_at > latest:
        raise _misdated(number, "lies in the future")
    if message.sent_at < EARLIEST:
        raise _misdated(number, "lies before 1970")
    if message.sent_at.tzinfo is UTC:
        return message
    return msgspec.structs.replace(message, sent_at=message.sent_at.astimezone(UTC))


def _misdated(number: int, what: str) -> errors.Invalid:
    return errors.Invalid(f"Message {number + 1}: sent_at {what}.", field="sent_at")


def _refuse_nul(told: tuple[InboundMessage, ...]) -> None:
    for message in told:
        field = _field_with_nul(msgspec.to_builtins(message))
        if field:
            raise errors.Invalid(f"{field} holds a NUL character, which no database keeps.", field=field)


def _field_with_nul(value: object, path: str = "") -> str:
    if isinstance(value, str):
        return path if "\0" in value else ""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    return next(filter(None, (_field_with_nul(inner, f"{path}.{name}".lstrip(".")) for name, inner in pairs)), "")


def _wrong(text: str) -> errors.Invalid:
    placed = _PLACE.match(text)
    what, where = (placed["what"], placed["where"]) if placed else (text, "")
    field = (where or "body")[:LONGEST_REASON]
    return errors.Invalid(f"{field}: {what[:LONGEST_REASON]}.", field=field)
