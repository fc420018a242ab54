"""`comptoir demo`: a bank's day on the fake network, on a desk of its own that each start makes anew."""

import asyncio
import random
import secrets
import shutil
from pathlib import Path

from bot import errors
from bot.connectors.fake.network import FakeNetwork
from bot.connectors.fake.server import FakeServer
from bot.demo import cast, dressing, staging
from bot.demo.cast import Cast
from bot.demo.day import Day
from bot.desk import passwords
from bot.settings import Settings
from bot.store import schema, sole
from bot.store.database import run_once
from inbox import serving
from inbox.commands import common
from inbox.serving import Desk

PAST = 60
MARK = "This folder holds a demo of Comptoir. The next demo, or `comptoir demo --remove`, deletes it.\n"


def main(arguments: list[str]) -> int:
    parser = common.parser(
        "demo", "Open a bank's day: invented customers in French and English, agents, canned replies."
    )
    parser.add_argument("--port", type=int, help="port to listen on; 0 picks a free one")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than life (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same day")
    parser.add_argument("--remove", action="store_true", help="delete the demo's data and leave")
    given = parser.parse_args(arguments)
    return common.told(lambda: _run(given.remove, common.read(given, port=given.port), given.speed, given.seed))


def _run(is_to_remove: bool, settings: Settings, speed: float, seed: int) -> int:
    if not 0 < speed <= 1_000:
        raise errors.Invalid("--speed lies between 0 and 1000.", field="speed")
    folder = settings.data_dir / "demo"
    _clear(folder)
    if is_to_remove:
        print(f"The demo's data in {folder} is gone.")
        return 0
    own = {"data_dir": folder, "database_url": "", "channel": (), "is_private_network_allowed": True}
    shown = {"brand": "Banque Rive", "is_demo": True}
    serving.in_a_loop(_play(settings.model_copy(update=own | shown), speed, seed))
    return 0


def _clear(folder: Path) -> None:
    """Delete an earlier demo, and nothing else. Raises Conflict when it is no demo, or one that runs."""
    if not folder.exists():
        return
    if not (folder / "DEMO").is_file():
        raise errors.Conflict(f"{folder} exists and is no demo; it is left alone. Give another --data-dir.")
    with sole.holder(folder):
        shutil.rmtree(folder)


async def _play(settings: Settings, speed: float, seed: int) -> None:
    """The network opens first and closes last; the customers come when the desk answers."""
    script, password = cast.read(), f"rive-{secrets.token_hex(4)}"
    network = FakeNetwork(seed=seed)
    for channel in script.channel:
        network.account(channel.name)
    server = FakeServer(network)
    await server.start()
    day = Day(network, script, speed=speed, seed=seed)
    try:
        with sole.holder(settings.data_dir):
            _stage(settings, script, server.url, password, seed, day)
        async with asyncio.TaskGroup() as tasks:
            stream: list[asyncio.Task[None]] = []

            async def began(desk: Desk) -> None:
                _say(desk, script, password)
                stream.append(tasks.create_task(day.run(), name="day"))

            await serving.serve(settings, "all", began)
            for task in stream:
                task.cancel()
    finally:
        await server.stop()


def _stage(settings: Settings, script: Cast, network_url: str, password: str, seed: int, day: Day) -> None:
    (settings.data_dir / "DEMO").write_text(MARK, encoding="utf-8")
    schema.upgrade(settings.url)
    chance = random.Random(seed)  # noqa: S311  nothing is secret here
    told = staging.past(script, chance, PAST)
    hashed = passwords.hashed(password)
    run_once(settings.url, lambda tx: staging.set_the_stage(tx, script, network_url, hashed))
    run_once(settings.url, lambda tx: staging.remember(tx, script, told, chance))
    run_once(settings.url, lambda tx: dressing.dress(tx, script, told, chance))
    day.join(told)


def _say(desk: Desk, script: Cast, password: str) -> None:
    print(f"\nDemo data: an invented bank, invented people. Open {desk.address} and sign in as one of")
    for agent in script.agent:
        print(f"  {agent.email:24} {agent.role:10} {agent.name}")
    print(f"with the password   {password}\nCtrl+C ends it; `comptoir demo --remove` deletes its data.\n", flush=True)
