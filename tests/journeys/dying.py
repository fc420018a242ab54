"""A desk that dies at a named point: `python -m tests.journeys.dying POINT serve …`. Nothing in the product knows of it.

POINT is `before-commit`, `after-commit`, `before-call` or `after-call`, each at the third time it is passed while a message or
reply is in hand.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from typing import Any

from bot.connectors.fake import Fake
from bot.desk import ingest
from bot.outbox import dispatcher
from bot.store.writer import Writer
from inbox.__main__ import main

_passed = count(1)
THIRD = 3


def _die() -> None:
    if next(_passed) == THIRD:
        os.kill(os.getpid(), signal.SIGKILL)


def _around_commit(*, is_before: bool) -> None:
    """Die with messages written but not committed, or committed but not acknowledged."""
    took: list[bool] = []
    real_take, real_commit = ingest.take, Writer._commit

    def take(*given: Any) -> Any:
        taken = real_take(*given)
        took.append(True)
        if is_before:
            _die()
        return taken

    def commit(self: Writer, jobs: list[Any]) -> None:
        took.clear()
        real_commit(self, jobs)
        if took and not is_before:
            _die()

    ingest.take, Writer._commit = take, commit  # type: ignore[assignment, method-assign]  # that is what this module is for


def _around_call(*, is_before: bool) -> None:
    """Die with `sending` committed but nothing sent, or sent but the receipt not written."""
    real: Callable[..., Awaitable[Any]] = Fake.send

    async def send(self: Fake, *given: Any) -> Any:
        if is_before:
            _die()
        receipt = await real(self, *given)
        if not is_before:
            _die()
        return receipt

    Fake.send = send  # type: ignore[method-assign]  # that is what this module is for


POINTS: dict[str, Callable[[], None]] = {
    "before-commit": lambda: _around_commit(is_before=True),
    "after-commit": lambda: _around_commit(is_before=False),
    "before-call": lambda: _around_call(is_before=True),
    "after-call": lambda: _around_call(is_before=False),
}

if __name__ == "__main__":
    # The words in a dead hand are looked for when its lease ends; nobody wants to wait a minute for that here.
    dispatcher.LEASE = timedelta(seconds=2)
    POINTS[sys.argv[1]]()
    sys.exit(main(sys.argv[2:]))
