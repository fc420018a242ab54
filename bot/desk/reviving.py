"""Follow-up work that was given up, tried again by somebody who has mended its cause."""

from bot import errors
from bot.model.event import Actor
from bot.store import events, queue
from bot.store.transaction import Transaction


def revive(tx: Transaction, work_id: int, *, by: Actor) -> None:
    """Let it be done again, from its first attempt. Raises NotFound when it is done, or was never given up."""
    kind = queue.revive(tx, work_id)
    if not kind:
        raise errors.NotFound("No work was given up under this number.")
    events.record(tx, "work.revived", by=by, body={"work": work_id, "kind": kind})
