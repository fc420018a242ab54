"""Who sends messages to the signed door of a desk that runs in the test, and remembers which were taken."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count

import aiohttp

from bot import clock
from bot.bootstrap import Engine
from bot.connectors.signing import Keys
from bot.store.transaction import Transaction

SECRET = "whsec_dHJvdWJsZSBpcyBleHBlY3RlZCwgbG9zcyBpcyBub3Q="
PATIENCE = 60.0


@dataclass(slots=True)
class Door:
    """The signed door of a desk that runs here, as a sender knows it. `acknowledged` are the messages that were answered 200."""

    engine: Engine
    address: str
    http: aiohttp.ClientSession
    acknowledged: list[str] = field(default_factory=list[str])
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def send(self, external_id: str = "", text: str = "Bonjour.") -> aiohttp.ClientResponse:
        """Post one message."""
        id_ = external_id or f"m{next(self.numbers)}"
        said = {
            "external_id": id_,
            "conversation_id": f"with {id_}",
            "author": {"external_id": f"contact {id_}"},
            "sent_at": clock.now().isoformat(),
            "text": text,
        }
        body = json.dumps(said).encode()
        headers = Keys(SECRET).sign(id_, body, clock.now()) | {"Content-Type": "application/json"}
        answer = await self.http.post(f"{self.address}/hooks/door", data=body, headers=headers)
        if answer.status == 200:
            self.acknowledged.append(id_)
        return answer

    async def send_until(self, status: int, text: str = "Bonjour.") -> aiohttp.ClientResponse:
        """Send messages, one after the other, until one is answered so."""
        async with asyncio.timeout(PATIENCE):
            while (answer := await self.send(text=text)).status != status:
                assert answer.status in {200, 503}, await answer.text()
        return answer

    async def ready(self) -> tuple[int, str]:
        answer = await self.http.get(f"{self.address}/health/ready")
        return answer.status, " ".join((await answer.json())["wrong"])

    async def until_ready(self) -> None:
        """Ask, as a balancer does, until the desk says that it is."""
        async with asyncio.timeout(PATIENCE):
            while (await self.ready())[0] != 200:
                await asyncio.sleep(0.1)

    async def kept(self) -> set[str]:
        """The messages that the database has."""
        rows = await self.engine.database.read(_external_ids)
        return set(rows)


def _external_ids(tx: Transaction) -> list[str]:
    return list(tx.connection.exec_driver_sql("SELECT external_id FROM message WHERE external_id LIKE 'm%%'").scalars())
