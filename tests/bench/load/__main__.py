"""The load process: one plan on the first line of standard input, "ready", "go", and one line of JSON at the end."""

import asyncio
import resource
import sys

import msgspec

from tests.bench.load.plans import Arrivals, Look, Pages, Plan, Read, Seen, Send, Sent
from tests.bench.load.readers import Readers
from tests.bench.load.senders import Senders
from tests.bench.load.windows import Windows


async def _line() -> str:
    """The next line from whoever started us."""
    return await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


def _tell(value: Sent | Seen | Pages) -> None:
    print(msgspec.json.encode(value).decode(), flush=True)


async def _ready() -> None:
    print("ready", flush=True)
    await _line()


async def _send(plan: Send) -> None:
    senders = Senders(plan)
    await senders.open()
    await _ready()
    _tell(await senders.run())


async def _read(plan: Read) -> None:
    readers = Readers(plan)
    await readers.open()
    await _ready()
    _tell(await readers.run())


async def _look(plan: Look) -> None:
    """Watch until told what was sent; an empty line closes the windows."""
    windows = Windows(plan)
    await windows.open()
    print("ready", flush=True)
    while line := (await _line()).strip():
        _tell(await windows.wait_for(msgspec.json.decode(line, type=Arrivals)))
    windows.close()


async def main() -> None:
    plan = msgspec.json.decode(await _line(), type=Plan)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if isinstance(plan, Send):
        await _send(plan)
    elif isinstance(plan, Read):
        await _read(plan)
    else:
        await _look(plan)


if __name__ == "__main__":
    asyncio.run(main())
