"""Two web processes on one PostgreSQL: both show the same live truth, and a window resumes at the other where it was."""

import asyncio
import re

import aiohttp
import pytest

from bot.connectors.fake.payloads import User
from bot.connectors.fake.server import FakeServer
from bot.desk import signing_in, ticketing
from bot.desk.signing_in import Limits, Visit
from bot.model.event import Actor, ActorKind
from bot.store import agents
from bot.store.database import Database
from tests.journeys.processes import House, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

LEA = User("lea", "Léa Martin", "lea")


class Stream:
    """An open window's stream: what it has been sent, and where it is."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.text = ""

    async def says(self, what: str) -> None:
        """Read on until it says so."""
        async with asyncio.timeout(15):
            while what not in self.text:
                self.text += (await self._response.content.readany()).decode()

    def close(self) -> None:
        self._response.close()

    @property
    def place(self) -> str:
        return re.findall(r"^id: ?(\S+)$", self.text, re.MULTILINE)[-1]


async def open_stream(client: aiohttp.ClientSession, address: str, secret: str, since: str = "0.0") -> Stream:
    headers = {"Cookie": f"comptoir={secret}", "Sec-Fetch-Site": "same-origin", "Last-Event-ID": since}
    response = await client.get(f"{address}/live?view=all", headers=headers)
    assert response.status == 200
    return Stream(response)


async def test_two_webs_show_the_same_truth(house: House, network: FakeServer, onlooker: Database) -> None:
    """A ticket that one process opens and another resolves reaches the windows of both; each may take over the other's."""
    if not house.database_url.startswith("postgresql"):
        pytest.skip("several processes need PostgreSQL")
    agent_id = await onlooker.write(lambda tx: agents.add(tx, email="a@b.example", name="Ann", role="admin"))
    opened = await onlooker.write(lambda tx: signing_in.admit(tx, agent_id, Visit(), Limits(), tries=[]))
    async with (
        house.running("web") as one, house.running("web") as two, house.running("listen"), aiohttp.ClientSession() as client,
    ):  # fmt: skip
        first = await open_stream(client, one.address, opened.secret)
        second = await open_stream(client, two.address, opened.secret)
        await network.network.accounts["brand"].say(LEA, "Ma carte est bloquée", thread="t")
        await asyncio.gather(first.says("Ma carte est bloquée"), second.says("Ma carte est bloquée"))

        place = first.place
        await one.kill()
        by = Actor(ActorKind.AGENT, agent_id)
        await onlooker.write(lambda tx: ticketing.resolve(tx, 1, by=by))
        await second.says("resolved")
        resumed = await open_stream(client, two.address, opened.secret, place)
        await resumed.says("resolved")
        for stream in (first, second, resumed):
            stream.close()

    await until(
        onlooker, lambda tx: tx.connection.exec_driver_sql("SELECT state FROM ticket").scalar_one() == "resolved"
    )
