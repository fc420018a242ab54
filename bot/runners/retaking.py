"""What was set aside, tried again: read anew, then taken in. The window and the command line do it in this one way."""

from collections.abc import Sequence

from bot.connectors.base import Connector
from bot.desk import setting_aside
from bot.desk.hearing import Rules, Taken
from bot.errors import ComptoirError, Conflict, Invalid, TryLater
from bot.model.event import Actor
from bot.store import quarantines
from bot.store.database import Database
from bot.store.quarantines import QuarantineRow
from bot.wire import InboundMessage


async def retake(
    database: Database, row: QuarantineRow, connector: Connector | None, rules: Rules, *, by: Actor
) -> Taken:
    """Take in after all what was set aside; `connector` is that of its channel, where that can be had.

    Raises Invalid for what is still wrong, which is noted with it: it stays where it is. Raises Conflict when nobody can read it
    now, TryLater when it could not be tried.
    """
    if connector is None and not row.is_wire:
        raise Conflict("Only the network’s connector can read this again, and its channel is not open.")
    try:
        said = _read(row, connector)
        return await database.write(lambda tx: setting_aside.release(tx, row.id, said, rules, by=by))
    except TryLater:
        raise
    except Exception as error:
        reason = setting_aside.what_is_wrong(error)
        await database.write(lambda tx: quarantines.mark_tried(tx, row.id, reason))
        if isinstance(error, ComptoirError):
            raise
        raise Invalid(f"It still cannot be taken in: {reason}") from error


def _read(row: QuarantineRow, connector: Connector | None) -> Sequence[InboundMessage]:
    """In our own format it is read by us, in the network's by its connector."""
    if row.is_wire or connector is None:
        return (setting_aside.reread(row.raw),)
    return connector.reread(row.raw).messages
