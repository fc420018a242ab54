"""What comes in by the signed door: the signature is judged over the raw bytes, and only then are they read."""

from bot import wire
from bot.connectors.base import HookAnswer, HookRequest
from bot.connectors.signed import translate
from bot.connectors.signing import Keys

_EMPTY = HookAnswer()


def accept(request: HookRequest, keys: Keys) -> HookAnswer:
    """The messages that a request brings. Raises NotAllowed before anything is read, Invalid for what cannot be read."""
    if request.method != "POST":
        # Some senders look whether anybody is there before they are told to send. That needs no secret, and learns none.
        return _EMPTY
    keys.verify(request.headers, request.body, request.received_at)
    return HookAnswer(wire.Batch(messages=translate.messages(request.body, request.received_at)))
