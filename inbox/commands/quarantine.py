"""`comptoir quarantine`: what could not be taken in, and follow-up work that was given up, from the command line."""

import argparse
import asyncio
from contextlib import AsyncExitStack

from bot import bootstrap, clock, errors, reactions
from bot.connectors import registry
from bot.connectors.base import Connector
from bot.desk import reviving
from bot.desk.hearing import Rules
from bot.model.event import SYSTEM
from bot.runners import retaking
from bot.runners.accounts import Accounts
from bot.settings import Settings
from bot.store import channels, quarantines, queue
from bot.store.database import Database, ask_once, run_once
from bot.store.quarantines import QuarantineRow
from bot.store.transaction import Transaction
from inbox.commands import common

PURPOSE = """See what could not be taken in and which follow-up work was given up, and try it again once its cause is mended.
Exit code: 0 done, 1 when something could still not be taken in, 2 for wrong settings."""
AT_ONCE, MOST = 100, 10_000


def main(arguments: list[str]) -> int:
    parser = common.parser("quarantine", PURPOSE)
    parser.add_argument("act", choices=("list", "show", "retry", "retry-work"), help="what to do")
    parser.add_argument("id", type=int, nargs="?", help="the number that `list` tells")
    parser.add_argument("--all", action="store_true", help="retry everything")
    parser.add_argument("--limit", type=int, default=AT_ONCE, help=f"how many to list (default {AT_ONCE})")
    given = parser.parse_args(arguments)
    is_retry = given.act in {"retry", "retry-work"}
    if (given.act == "show" and given.id is None) or (is_retry and (given.id is None) is not given.all):
        parser.error(f"{given.act} needs a number{' or --all' if is_retry else ''}")
    return common.told(lambda: _run(common.read(given), given))


def _run(settings: Settings, given: argparse.Namespace) -> int:
    common.need_database(settings)
    if given.act == "list":
        return _list(settings, given.limit)
    if given.act == "show":
        return _show(settings, given.id)
    if given.act == "retry-work":
        return _retry_work(settings, given.id)
    return asyncio.run(_retry(settings, given.id))


def _list(settings: Settings, limit: int) -> int:
    rows, count, dead, dead_count = ask_once(
        settings.url,
        lambda tx: (
            quarantines.waiting(tx, limit=limit),
            quarantines.count(tx),
            queue.dead(tx, limit),
            queue.depth(tx)[1],
        ),
    )
    for row in rows:
        tried = f", tried {row.attempts} times" if row.attempts > 1 else ""
        print(f"{row.id:>6}  {row.set_aside_at:%Y-%m-%d %H:%M} UTC  {row.channel_name}{tried}: {row.reason}")
    print(f"{count:,} set aside." if count else "Nothing is set aside.")
    for work in dead:
        of = f" of ticket {work.ticket_id}" if work.ticket_id else ""
        print(
            f"{work.id:>6}  {work.created_at:%Y-%m-%d %H:%M} UTC  {work.kind}{of}, tried {work.attempts} times: {work.error}"
        )
    if dead_count:
        print(f"{dead_count:,} follow-up work given up. `comptoir quarantine retry-work` tries it again.")
    return 0


def _retry_work(settings: Settings, id_: int | None) -> int:
    def verb(tx: Transaction) -> int:
        ids = [work.id for work in queue.dead(tx, MOST)] if id_ is None else [id_]
        for one in ids:
            reviving.revive(tx, one, by=SYSTEM)
        return len(ids)

    count = run_once(settings.url, verb, follow=reactions.FOLLOW)
    print(f"{count:,} will be tried again." if count else "No work was given up.")
    return 0


def _show(settings: Settings, id_: int) -> int:
    row = ask_once(settings.url, lambda tx: quarantines.find(tx, id_))
    ended = f"taken in after all at {row.released_at:%Y-%m-%d %H:%M} UTC" if row.released_at else "still set aside"
    print(
        f"Number {row.id}, from channel {row.channel_name} ({row.network}), {row.set_aside_at:%Y-%m-%d %H:%M} UTC: {ended}."
    )
    print(f"Why: {row.reason}\nTried: {row.attempts} {'time' if row.attempts == 1 else 'times'}.")
    print("As it came, with card numbers and the like masked:\n")
    # A payload is a stranger's: bytes that would steer the terminal are shown, not sent to it.
    print(
        "".join(
            c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}"
            for c in row.raw.decode("utf-8", "backslashreplace")
        )
    )
    return 0


async def _retry(settings: Settings, id_: int | None) -> int:
    database = Database(settings.url, follow=reactions.FOLLOW)
    await database.open()
    try:
        rows = await database.read(
            lambda tx: (quarantines.find(tx, id_),) if id_ else quarantines.waiting(tx, limit=MOST)
        )
        async with AsyncExitStack() as closing:
            connectors = _Connectors(database, bootstrap.accounts(settings), closing)
            # The oldest first: what came first is taken in first.
            taken = [await _take(database, connectors, row, Rules(settings.reopening)) for row in reversed(rows)]
    finally:
        await database.close()
    print(f"{sum(taken):,} of {len(taken):,} taken in." if taken else "Nothing is set aside.")
    return 0 if all(taken) else common.FAILED


async def _take(database: Database, connectors: "_Connectors", row: QuarantineRow, rules: Rules) -> bool:
    if row.released_at is not None:
        print(f"{row.id}: was taken in already, at {row.released_at:%Y-%m-%d %H:%M} UTC.")
        return True
    try:
        connector = None if row.is_wire else await connectors.of(row.channel_id)
        taken = await retaking.retake(database, row, connector, rules, by=SYSTEM)
    except errors.ComptoirError as error:
        print(f"{row.id}: {error.message}")
        return False
    print(f"{row.id}: taken in; {taken.added:,} new, {taken.duplicates:,} there already, {taken.amended:,} changed.")
    return True


class _Connectors:
    """The connectors that are needed, each opened once, without a word about its channel's health: that is the desk's to say."""

    def __init__(self, database: Database, accounts: Accounts, closing: AsyncExitStack) -> None:
        self._database = database
        self._accounts = accounts
        self._closing = closing
        self._open: dict[int, Connector] = {}

    async def of(self, channel_id: int) -> Connector:
        """Raises what is wrong with the channel."""
        if channel_id not in self._open:
            row = await self._database.read(lambda tx: channels.find(tx, channel_id))
            connector = registry.connect(self._accounts.of(row), clock.now)
            self._closing.push_async_callback(connector.close)
            await connector.open()
            self._open[channel_id] = connector
        return self._open[channel_id]
