"""A picture goes the whole way: from the network's link, which works once, to the agent's own address."""

import io
import pathlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from PIL import Image

from bot.connectors.fake.network import FakeNetwork
from bot.connectors.fake.payloads import File, User
from bot.connectors.fake.server import FakeServer
from bot.settings import ChannelSettings, Settings
from bot.store import channels, media, tickets
from bot.store.transaction import Transaction
from inbox import serving
from tests.journeys.processes import until

LEA = User("lea", "Léa Martin", "lea")
EXIF = "47.2184 N, 1.5536 W"


@pytest.fixture
async def link() -> AsyncIterator[str]:
    """The address of a photo on a server that gives it once, as links that expire do."""
    exif = Image.Exif()
    exif[0x010E] = EXIF
    out = io.BytesIO()
    Image.new("RGB", (1_200, 900), "green").save(out, "JPEG", exif=exif)
    photos = [out.getvalue()]

    async def once(_: web.Request) -> web.Response:
        return web.Response(body=photos.pop()) if photos else web.Response(status=403)

    app = web.Application()
    app.router.add_get("/photo.jpg", once)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/photo.jpg"
    await runner.cleanup()


async def test_a_picture_is_kept_before_its_link_expires(tmp_path: pathlib.Path, link: str) -> None:
    """Said with a photo, it is in the ticket with a thumbnail a moment later, without the place where it was taken."""
    network = FakeNetwork()
    account = network.account("brand")
    server = FakeServer(network)
    await server.start()
    table = ChannelSettings.model_validate({"name": "brand", "network": "fake", "base_url": server.url})
    settings = Settings(data_dir=tmp_path, port=0, channel=(table,), is_private_network_allowed=True)
    async with serving.serving(settings) as desk:
        await account.say(LEA, "Voici le guichet.", files=[File("f1", "image", "guichet.jpg", link)])
        await until(desk.engine.database, lambda tx: _states(tx) == ["kept"])
        kept = await desk.engine.database.read(_kept)
    await server.stop()

    assert kept is not None
    with Image.open(io.BytesIO(kept.body)) as read:
        assert (read.format, read.size) == ("WEBP", (1_200, 900))
    assert EXIF.encode() not in kept.body


def _states(tx: Transaction) -> list[str]:
    ids = tx.connection.exec_driver_sql("SELECT id FROM message").scalars().all()
    return [file.state for file in media.of_messages(tx, ids)]


def _kept(tx: Transaction) -> media.Found | None:
    (ticket_id,) = tx.connection.exec_driver_sql("SELECT id FROM ticket").scalars().all()
    ticket = tickets.find(tx, ticket_id)
    assert channels.all(tx)[0].health == "connected"
    return media.find(tx, ticket.id, ticket.conversation_id, 1, is_thumbnail=False)
