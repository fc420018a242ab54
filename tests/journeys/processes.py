"""A desk in processes of its own, so that they can be killed: started, waited for, and stopped by pid."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.store.database import Database
from bot.store.transaction import Transaction

PATIENCE = 40.0
GREETING = "Comptoir "


@dataclass(slots=True)
class Running:
    """One process of the desk."""

    process: asyncio.subprocess.Process
    address: str

    async def kill(self) -> None:
        """Send SIGKILL, and wait until it is gone."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop, as an operator does; its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@dataclass(slots=True)
class House:
    """The folder and database that the processes share, the network they listen to, and what else their environment says."""

    folder: Path
    database_url: str
    network_url: str
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def furnish(self, accounts: tuple[str, ...]) -> None:
        """Write the configuration: one channel per account of the fake network."""
        tables = "\n".join(
            f'[[channel]]\nname = "{name}"\nnetwork = "fake"\nbase_url = "{self.network_url}"\n' for name in accounts
        )
        (self.folder / "comptoir.toml").write_text(tables, encoding="utf-8")

    @asynccontextmanager
    async def running(self, shape: str = "all", *, dying_at: str = "") -> AsyncIterator[Running]:
        """A process of this shape, ready; killed at the end if it still lives. `dying_at`: a point of `tests.journeys.dying`."""
        program = ["-m", "tests.journeys.dying", dying_at] if dying_at else ["-m", "inbox"]
        with (self.folder / "desk.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *program, "serve", "--run", shape, "--port", str(self.port), "--data-dir", str(self.folder),
                env=self._environment(), stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        try:
            yield Running(process, await asyncio.wait_for(_greeting(process), PATIENCE))
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPTOIR_")}
        usual = {
            "COMPTOIR_CONFIG": str(self.folder / "comptoir.toml"),
            "COMPTOIR_DATABASE_URL": self.database_url if self.database_url.startswith("postgresql") else "",
            "COMPTOIR_IS_PRIVATE_NETWORK_ALLOWED": "1",
            "COMPTOIR_LOG_FORMAT": "json",
            "COMPTOIR_UNDO_SECONDS": "0",
        }
        return kept | usual | self.environment


async def _greeting(process: asyncio.subprocess.Process) -> str:
    """The address that the process prints when it answers; its first word otherwise."""
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith(GREETING):
            return line.split()[-1]
    raise AssertionError(f"the process ended with {await process.wait()} before it answered; see desk.log")


async def until(database: Database, is_so: Callable[[Transaction], object], *, within: float = PATIENCE) -> None:
    """Look at each ring of the bell, and every tenth of a second for what other processes commit, until it is so."""
    async with asyncio.timeout(within):
        while not await database.read(is_so):
            await asyncio.sleep(0.1)
