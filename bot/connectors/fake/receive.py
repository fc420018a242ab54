"""How the fake network is heard: by long poll, or at our door. Asking for more tells the network what is committed."""

from collections.abc import AsyncIterator
from datetime import timedelta

from bot import errors, wire
from bot.connectors.base import HookAnswer, HookRequest
from bot.connectors.fake import translate
from bot.connectors.fake.line import Line
from bot.connectors.signing import Keys

WAIT_SECONDS = 25
SOON = timedelta(seconds=2)


async def poll(line: Line, cursor: str | None) -> AsyncIterator[wire.Batch]:
    """What is new since `cursor`, for ever."""
    after = cursor or "0"
    while True:
        answer = await line.ask("updates", {"after": after, "wait": str(WAIT_SECONDS)}, patience=WAIT_SECONDS + 10)
        if answer.status == 404:
            raise errors.Refused(f"The network knows no account {line.name}.")
        batch = _readable(answer.body, line.name)
        if batch.messages or batch.unreadable:
            yield batch
        after = batch.cursor or after


def accept(request: HookRequest, keys: Keys | None, account: str) -> HookAnswer:
    """One push. Its signature is judged before it is read."""
    if keys is None:
        raise errors.NotAllowed("This channel is not heard by webhook.")
    keys.verify(request.headers, request.body, request.received_at)
    told = translate.batch(request.body, account)
    # The network keeps its own place when it pushes; ours is that of the poll.
    return HookAnswer(wire.Batch(told.messages, told.unreadable))


def _readable(body: bytes, account: str) -> wire.Batch:
    try:
        return translate.batch(body, account)
    except errors.Invalid as error:
        raise errors.TryLater(translate.NO_ANSWER, after=SOON) from error
