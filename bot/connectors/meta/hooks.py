"""Meta's webhook door: the challenge, the signature over the raw bytes, and the envelope taken apart, utterance by utterance.

One request may bring many things. Each is translated by itself, so that a bad one concerns nobody else; what cannot be read is
kept in an envelope of its own, from which it can be read again.
"""

import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot import errors, wire
from bot.connectors.base import HookAnswer, HookRequest

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_BESIDE = ("id", "time", "uid")
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing out of an envelope: of which kind of account, of which account, under which key, and when it was told."""

    kind: str
    account_id: str
    key: str
    told: object
    time: object = None

    def raw(self) -> bytes:
        """An envelope with only this in it."""
        entry = {"id": self.account_id, "time": self.time, self.key: [self.told]}
        return json.dumps({"object": self.kind, "entry": [entry]}).encode()


Split = Callable[[dict[str, Any]], Iterable[Piece]]
Read = Callable[[Piece], tuple[wire.InboundMessage, ...]]


def challenge(request: HookRequest, verify_token: str) -> HookAnswer:
    """Say back what Meta asks before it calls us, to nobody who does not know our word. Raises NotAllowed."""
    asked = request.query.get("hub.challenge", "")
    given = request.query.get("hub.verify_token", "").encode("utf-8", "surrogateescape")
    is_ours = hmac.compare_digest(given, verify_token.encode())
    if not is_ours or request.query.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(asked):
        raise errors.NotAllowed("The verify token is not this channel's.")
    return HookAnswer(body=asked)


def verify(request: HookRequest, app_secret: str) -> None:
    """Raise NotAllowed unless our app's secret signed exactly these bytes."""
    given = request.headers.get("x-hub-signature-256", "").encode("utf-8", "surrogateescape")
    expected = "sha256=" + hmac.new(app_secret.encode(), request.body, "sha256").hexdigest()
    if not hmac.compare_digest(given, expected.encode()):
        raise errors.NotAllowed("The signature does not fit this body and this channel's app secret.")


def decoded(raw: bytes) -> dict[str, Any]:
    """The JSON object that `raw` holds. Raises Invalid. A letter in another encoding does not cost the whole body."""
    try:
        told = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise errors.Invalid("The body is not JSON.") from error
    if not isinstance(told, dict):
        raise errors.Invalid("The body is not a JSON object.")
    return told


def split(told: dict[str, Any]) -> Iterator[Piece]:
    """Every thing in an envelope. Raises Invalid when it is none."""
    kind, entries = told.get("object"), told.get("entry")
    if not isinstance(kind, str) or not isinstance(entries, list):
        raise errors.Invalid("The body is no envelope of Meta's: it lacks object or entry.")
    for entry in entries:
        yield from _entry(kind, entry)


def _entry(kind: str, entry: object) -> Iterator[Piece]:
    if not isinstance(entry, dict):
        yield Piece(kind, "", "entry", entry)
        return
    account_id = entry.get("id")
    named = account_id if isinstance(account_id, str) else ""
    for key, things in entry.items():
        if key not in _BESIDE:
            listed = things if isinstance(things, list) else [things]
            yield from (Piece(kind, named, key, one, entry.get("time")) for one in listed)


def batch(told: dict[str, Any], take_apart: Split, read: Read) -> wire.Batch:
    """What an envelope brings, in its order."""
    said: list[wire.InboundMessage] = []
    unreadable: list[wire.Unreadable] = []
    for piece in take_apart(told):
        found = attempt(piece, read)
        if isinstance(found, wire.Unreadable):
            unreadable.append(found)
        else:
            said.extend(found)
    return wire.Batch(tuple(said), tuple(unreadable))


def attempt(piece: Piece, read: Read) -> tuple[wire.InboundMessage, ...] | wire.Unreadable:
    """One piece's messages; or the piece as it came, when anything at all is wrong with it."""
    try:
        return read(piece)
    except Exception as error:  # noqa: BLE001 - whatever we trip over, nothing is lost: it goes to quarantine
        return wire.Unreadable(piece.raw(), f"{type(error).__name__}: {error}"[:LONGEST_REASON])


def again(raw: bytes, take_apart: Split, read: Read) -> wire.Batch:
    """A kept payload, translated again. Raises Invalid while anything in it cannot be read."""
    read_now = batch(decoded(raw), take_apart, read)
    if read_now.unreadable:
        raise errors.Invalid(f"It is still not readable: {read_now.unreadable[0].reason}")
    return read_now
