"""`comptoir import` that dies in the middle of its third transaction: `python -m tests.bot.archive.dying FILE --channel …`."""

import os
import signal
import sys
from itertools import count
from typing import Any

from bot.desk import ingest
from inbox.commands import archive

_taken = count(1)


def _die_in_the_third(*given: Any) -> Any:
    taken = _take(*given)
    if next(_taken) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return taken


_take = ingest.take

if __name__ == "__main__":
    ingest.take = _die_in_the_third  # type: ignore[assignment]  # that is what this module is for
    sys.exit(archive.main(sys.argv[1:]))
