"""The fake network by itself, in its own process: `python -m bot.connectors.fake --port 8800 --account branch`."""

import argparse
import asyncio
import signal
import sys

from bot.connectors.fake.network import FakeNetwork
from bot.connectors.fake.server import FakeServer


def main() -> None:
    """Serve until asked to stop. The first line on standard output is the address, once it can be reached."""
    arguments = argparse.ArgumentParser(prog="python -m bot.connectors.fake", description=__doc__)
    arguments.add_argument("--host", default="127.0.0.1", help="address to listen on")
    arguments.add_argument("--port", type=int, default=0, help="port to listen on; 0 picks a free one")
    arguments.add_argument("--seed", type=int, default=0, help="decides how disorder shuffles")
    arguments.add_argument(
        "--account", action="append", default=[], metavar="NAME[=TOKEN]", help="an account to open; may be repeated"
    )
    given = arguments.parse_args()
    asyncio.run(_serve(given))


async def _serve(given: argparse.Namespace) -> None:
    network = FakeNetwork(seed=given.seed)
    for account in given.account:
        name, _, token = account.partition("=")
        network.account(name, token)
    server = FakeServer(network, given.host, given.port)
    await server.start()
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    await asked_to_stop.wait()
    await server.stop()


if __name__ == "__main__":
    main()
