"""`comptoir audit verify`: whether anybody has changed the journal."""

from dataclasses import asdict

import orjson

from bot.desk import audit
from bot.desk.audit import Verdict
from bot.runners import sealing
from bot.settings import Settings
from bot.store import leases, seals
from bot.store.database import ask_once, run_once
from bot.store.transaction import Transaction
from inbox.commands import common

PURPOSE = """Walk the journal's chain and say what was changed, removed, moved or added behind the sealer's back.
Keep the head that it prints where the desk cannot reach it, and give it back with --head: only so can it be shown that the
journal's end was cut off. Exit code: 0 whole, 1 broken, 2 for wrong settings."""


def main(arguments: list[str]) -> int:
    parser = common.parser("audit", PURPOSE)
    parser.add_argument("act", choices=("verify",), help="what to do")
    parser.add_argument("--head", default="", help="a head that was printed earlier; it must still be in the journal")
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    given = parser.parse_args(arguments)
    return common.told(lambda: _run(common.read(given), given.head.strip().lower(), is_json=given.json))


def _run(settings: Settings, head: str, *, is_json: bool) -> int:
    common.need_database(settings)
    while run_once(settings.url, _seal) == audit.TOGETHER:
        pass
    verdict, waiting = ask_once(
        settings.url, lambda tx: (audit.verify(tx, known_head=head), len(seals.unsealed(tx, audit.TOGETHER)))
    )
    if is_json:
        print(orjson.dumps({**asdict(verdict), "unsealed": waiting}).decode())
    else:
        _say(verdict, waiting)
    return common.FAILED if verdict.broken else 0


def _seal(tx: Transaction) -> int:
    """Cover what waits, unless a desk runs and does it by itself; how many."""
    if leases.take(tx, sealing.NAME, "comptoir audit", sealing.LEASE) is None:
        return 0
    covered = audit.seal(tx)
    leases.release(tx, sealing.NAME, "comptoir audit")
    return covered


def _say(verdict: Verdict, waiting: int) -> None:
    for fault in verdict.broken:
        print(fault)
    print("The journal is broken." if verdict.broken else "The journal is whole.")
    print(f"Links: {verdict.links:,}\nHead:  {verdict.head or '(none yet)'}")
    if waiting:
        print(f"{waiting:,} of the latest events are not sealed yet; the running desk does it within seconds.")
