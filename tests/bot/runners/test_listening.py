"""The ears of a process: one per open door."""

import asyncio
from typing import Any

import structlog.testing

from bot import bootstrap
from bot.desk.hearing import Rules
from bot.desk.intake import Intake
from bot.runners.doors import Door, Doors
from bot.runners.ear import Ear
from bot.runners.listening import Listening
from bot.runners.loops import Heartbeats
from bot.settings import Settings
from bot.store.database import Database
from tests.world import Bank


async def test_an_ear_that_dies_is_told(database: Database, bank: Bank, monkeypatch: Any) -> None:
    """A defect that ends an ear is in the log with its kind when the ear is put away, and a new one may be had."""
    doors = Doors(database, database.now, lambda _: "", "", is_private_allowed=True)
    listening = Listening(database, Intake(database, Rules()), doors, Heartbeats(), "here")
    silent: Any = None  # nothing is asked of it
    door = Door(bank.telegram, "telegram-nord", silent, False, ())
    monkeypatch.setattr(doors, "all", lambda: [door])

    async def dies(_: Ear) -> None:
        raise RuntimeError

    monkeypatch.setattr(Ear, "attend", dies)
    async with asyncio.timeout(20):
        await listening.turn()
        with structlog.testing.capture_logs() as lines:
            await listening.stop()
    assert [(line["channel"], line["error"]) for line in lines if line["event"] == "ear.died"] == [
        ("telegram-nord", "RuntimeError")
    ]


async def test_no_two_processes_have_one_name(tmp_path: Any) -> None:
    """Containers may share a host's name and a process's number: what holds the leases differs all the same."""
    holders = set()
    for name in ("one", "two"):
        async with bootstrap.running(Settings(data_dir=tmp_path / name), "web") as engine:
            holders.add(engine.holder)
    assert len(holders) == 2
