"""One delivery: the call to the network, and what its answer makes of the words.

Refused is final. What the network puts off, or surely has not got, is tried again with growing pauses, and given up after
`ATTEMPTS`. When the network takes nobody's words its lane is shut (`store/lanes`): then no attempt counts, and words are kept for
`KEPT_FOR`. What may have arrived is looked for first; while the network cannot be asked it is asked again, for `ASKED_FOR`, and
then a person is.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Connector
from bot.outbox.limits import Limits
from bot.store import deliveries, enclosures, lanes
from bot.store.database import Database
from bot.store.dues import Due
from bot.store.transaction import Transaction

log = structlog.get_logger(__name__)

ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
CREDENTIALS_WAIT = timedelta(seconds=30)
ASK_EVERY = timedelta(seconds=10)
HOLD_EVERY = deliveries.LEASE / 3
ASKED_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=1)
SAME_KEY = "same_key_again"


class Courier:
    """Carries words whose place in the channel's rate has come, and finds out what became of those that were lost."""

    def __init__(self, database: Database, limits: Limits, now: Clock) -> None:
        self._database = database
        self._limits = limits
        self._now = now
        # Files take memory: of each channel one message that has any is in hand at a time.
        self._one_bulky: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def carry(self, due: Due, connector: Connector) -> None:
        """Call the network, and keep the outcome. What may not be any more by now is refused without a call."""
        try:
            formula = _may(due, connector, self._now())
            receipt = await self._call(due, connector, formula)
        except errors.TryLater as error:
            self._limits.hold(due.row.channel_id, self._now() + error.after)
            await self._put_off(due, error.message, error.after)
        except errors.Reauthorize as error:
            await self._refuse_account(due, error.message)
        except (errors.Refused, errors.Invalid, errors.NotFound, errors.NotAllowed) as error:
            reason = error.message
            await self._keep(lambda tx: deliveries.finish_refused(tx, due, reason))
        except errors.Uncertain:
            await self.look(due, connector)
        except Exception as error:  # a connector's defect, after the request may have left
            log.exception("connector.defect", channel=due.row.channel_id, error=type(error).__name__)
            await self.look(due, connector)
        else:
            await self._keep(partial(_finished, due=due, receipt=receipt))
            log.info("delivery.sent", outbox=due.row.id, channel=due.row.channel_id, attempts=due.row.attempts)

    async def look(self, due: Due, connector: Connector | None) -> None:
        """It may have arrived. Only a network that says it did not, or that knows the same key again, lets us send again.

        A deed done twice is the same as done once.
        """
        if due.row.act:
            return await self._again(due, "done_again")
        if connector is None:
            return await self._ask_again(due, "channel_closed")
        try:
            receipt = await self._find(due, connector)
        except (errors.TryLater, errors.Reauthorize) as error:
            return await self._cannot_ask(due, error)
        except errors.ComptoirError as error:
            if connector.manifest.is_idempotent:
                return await self._again(due, SAME_KEY, may_have_arrived=True)
            reason = error.message
            return await self._keep(lambda tx: deliveries.finish_uncertain(tx, due, reason))
        except Exception as error:  # a connector's defect; the words stay in hand
            log.exception("connector.defect", channel=due.row.channel_id, error=type(error).__name__)
            return await self._ask_again(due, type(error).__name__)
        if receipt is None:
            return await self._again(due, "not_arrived")
        found = receipt
        return await self._keep(lambda tx: deliveries.finish_sent(tx, due, found))

    async def _put_off(self, due: Due, reason: str, after: timedelta) -> None:
        """The network does not take it now. While it takes nobody's, the words are not to blame and wait."""

        def keep(tx: Transaction) -> None:
            lane = lanes.fail(tx, due.row.channel_id, reason, after)
            if lane.is_shut and tx.now - due.row.created_at < KEPT_FOR:
                deliveries.retry_at(tx, due, lane.rests_until, reason, is_counted=False)
            elif due.row.attempts < ATTEMPTS:
                deliveries.retry_at(tx, due, tx.now + max(after, _wait(due)), reason)
            else:
                deliveries.finish_failed(tx, due, reason)

        await self._keep(keep)

    async def _refuse_account(self, due: Due, reason: str) -> None:
        """The account is refused, whatever the words: as when the channel is at fault, and one tries first afterwards."""
        await self._keep(lambda tx: lanes.fail(tx, due.row.channel_id, reason, CREDENTIALS_WAIT))
        await self.put_back(due, reason)

    async def put_back(self, due: Due, reason: str) -> None:
        """The channel is at fault, not the words: it counts as no attempt, and the channel rests."""
        self._limits.hold(due.row.channel_id, self._now() + CREDENTIALS_WAIT)
        at = self._now() + CREDENTIALS_WAIT
        await self._keep(lambda tx: deliveries.retry_at(tx, due, at, reason, is_counted=False))

    async def _again(self, due: Due, reason: str, *, may_have_arrived: bool = False) -> None:
        """The same again, later each time; given up after the last attempt, to a person where it may have arrived."""
        if due.row.attempts < ATTEMPTS:
            at = self._now() + _wait(due)
            await self._keep(lambda tx: deliveries.retry_at(tx, due, at, reason))
        elif may_have_arrived:
            await self._keep(lambda tx: deliveries.finish_uncertain(tx, due, reason))
        else:
            await self._keep(lambda tx: deliveries.finish_failed(tx, due, reason))

    async def _cannot_ask(self, due: Due, error: errors.TryLater | errors.Reauthorize) -> None:
        """The network cannot be asked: its lane has failed once more."""
        after = error.after if isinstance(error, errors.TryLater) else CREDENTIALS_WAIT
        await self._keep(lambda tx: lanes.fail(tx, due.row.channel_id, error.message, after))
        await self._ask_again(due, error.message)

    async def _ask_again(self, due: Due, reason: str) -> None:
        """Nobody can say now. The words stay in hand until the next look; after a while a person decides."""
        if self._now() - due.row.created_at < ASKED_FOR:
            await self._keep(lambda tx: deliveries.renew(tx, due, ASK_EVERY))
        else:
            await self._keep(lambda tx: deliveries.finish_uncertain(tx, due, reason))

    async def _call(self, due: Due, connector: Connector, formula: str) -> wire.Receipt | None:
        """Send words; do a deed, for which there is no receipt."""
        if due.row.act:
            await connector.act(due.deed())
            return None
        async with self._message(due) as message:
            return await connector.send(msgspec.structs.replace(message, formula=formula))

    async def _find(self, due: Due, connector: Connector) -> wire.Receipt | None:
        async with self._message(due) as message:
            return await connector.find(message)

    @asynccontextmanager
    async def _message(self, due: Due) -> AsyncIterator[wire.OutboundMessage]:
        """What the connector is given. Files are large and slow: they are read only now, and the row is held meanwhile."""
        if not due.enclosed or due.row.message_id is None:
            yield due.message()
            return
        message_id = due.row.message_id
        holding = asyncio.create_task(self._hold(due), name=f"holding {due.row.id}")
        try:
            async with self._one_bulky[due.row.channel_id]:
                yield due.message(await self._database.read(lambda tx: enclosures.leaving(tx, message_id)))
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)

    async def _hold(self, due: Due) -> None:
        """Hold the row for as long as it takes: were its lease to end, another would look for what is still on its way."""
        while True:
            await asyncio.sleep(HOLD_EVERY.total_seconds())
            await self._keep(lambda tx: deliveries.renew(tx, due))

    async def _keep(self, verb: Callable[[Transaction], object]) -> None:
        """Keep the outcome; as long as the database cannot, try again: the network has been called already."""
        while True:
            try:
                await self._database.write(verb)
                return
            except errors.TryLater as error:
                log.warning("delivery.outcome_waits", reason=error.message)
                await asyncio.sleep(error.after.total_seconds())


def _wait(due: Due) -> timedelta:
    """Our own pause before the next attempt."""
    longer: int = 2 ** (due.row.attempts - 1)
    return min(FIRST_WAIT * longer, LONGEST_WAIT)


def _may(due: Due, connector: Connector, at: datetime) -> str:
    """Which of the network's formulas the words are where no others may be said; empty where any may.

    Raises Refused, with the key of the sentence, when this may not leave now: the time for it may have passed while it waited.
    What may have left before is the network's to judge, which knows its key.
    """
    if due.row.reason == SAME_KEY:
        return ""
    here = connector.capabilities(msgspec.structs.replace(due.spot, at=at))
    found = here.permission(due.act, due.row.text)
    if not found.is_allowed:
        raise errors.Refused(found.why_not or "cannot.unknown")
    formula = here.formula(due.row.text) if due.act == "reply" else None
    return formula.id if formula else ""


def _finished(tx: Transaction, due: Due, receipt: wire.Receipt | None) -> bool:
    return deliveries.finish_sent(tx, due, receipt) if receipt else deliveries.finish_done(tx, due)
