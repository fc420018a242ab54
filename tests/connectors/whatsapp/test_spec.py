"""WhatsApp's own published description: what it says comes in is taken or kept, what we send is what it allows."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import yaml

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Connector
from tests.connectors.meta.damage import damaged
from tests.connectors.meta.far import request
from tests.connectors.whatsapp.far import ANN, BUSINESS, US, Kept, WhatsApp
from tests.peers import installing, prism

HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATE = wire.Spot(ANN, is_public=False, at=HEARD + timedelta(days=2), heard_at=HEARD)
FILE = "meta-business-messaging-v23.0.yaml"
FILES = (
    wire.Enclosure("a.jpg", "image/jpeg", b"\xff\xd8\xff"),
    wire.Enclosure("a.ogg", "audio/ogg", b"OggS"),
    wire.Enclosure("a.pdf", "application/pdf", b"%PDF-1.7"),
    wire.Enclosure("a.mp4", "video/mp4", b"....ftyp"),
)


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """Every webhook that Meta gives as an example, by name."""
    try:
        path = prism.description(FILE)
    except installing.NoPeer as why:
        pytest.skip(str(why))
    told = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    held = told["paths"]["/whatsapp/webhooks"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in held.items()}


def take(connector: Connector, told: Any) -> wire.Batch:
    return connector.accept(request(json.dumps(told).encode())).batch


def test_every_example_is_taken(far: WhatsApp, examples: dict[str, Any]) -> None:
    """Each example of Meta's brings its message, or is one in which nobody says anything; none is unreadable."""
    connector = far.connect()
    batches = {name: take(connector, told) for name, told in examples.items()}
    silent = {name for name, batch in batches.items() if not batch.messages}

    assert len(examples) >= 16
    assert {name: batch.unreadable for name, batch in batches.items() if batch.unreadable} == {}
    assert silent == {"Reaction Message", "Group Create Message", "Group Settings Update", "Group Remove Participants"}


def test_every_damaged_example_is_taken_or_kept(far: WhatsApp, examples: dict[str, Any]) -> None:
    """Whatever is missing, odd or unknown in an example, it is taken, kept, or refused as no envelope; nothing else happens."""
    connector = far.connect()
    tried = kept = refused = 0
    for told in examples.values():
        for broken in damaged(told):
            tried += 1
            try:
                kept += len(take(connector, broken).unreadable)
            except errors.Invalid:
                refused += 1

    assert tried > 5_000
    assert kept > tried / 3
    assert refused < tried / 10


def test_every_truncated_example_is_refused(far: WhatsApp, examples: dict[str, Any]) -> None:
    """Half a body is no JSON: it is refused, and Meta sends the whole again."""
    connector = far.connect()
    for told in examples.values():
        body = json.dumps(told).encode()
        for length in (1, len(body) // 2, len(body) - 1):
            with pytest.raises(errors.Invalid):
                connector.accept(request(body[:length]))


def test_another_encoding(far: WhatsApp, examples: dict[str, Any]) -> None:
    """A letter in another encoding costs that letter; a whole body in another one is refused."""
    connector = far.connect()
    body = json.dumps(examples["Text Message"]).replace("color", "couleur \N{LATIN SMALL LETTER E WITH ACUTE}")
    (said,) = connector.accept(request(body.encode("latin-1"))).batch.messages

    assert said.text.startswith("Does it come in another couleur")
    with pytest.raises(errors.Invalid):
        connector.accept(request(body.encode("utf-16")))


@pytest.fixture
async def published() -> AsyncIterator[str]:
    """The address of a server that keeps to the description."""
    try:
        async with prism.running(prism.description(FILE)) as address:
            yield address
    except installing.NoPeer as why:
        pytest.skip(f"Prism cannot be had here: {why}")


@pytest.mark.slow
async def test_what_leaves_is_what_the_description_allows(published: str) -> None:
    """Replies, one that quotes, files, templates, a thumb and its removal pass; and the server would notice one that is wrong."""
    vault = Kept()
    account = replace(WhatsApp().account(business_account_id=BUSINESS), base_url=published, vault=vault)
    connector = registry.connect(account, clock.now)
    words = wire.OutboundMessage("k", ANN, "C'est réglé. 👋", is_public=False)
    await connector.open()
    try:
        receipts = [
            await connector.send(words),
            await connector.send(wire.OutboundMessage("k", ANN, "Oui.", is_public=False, in_reply_to="wamid.1")),
            await connector.send(wire.OutboundMessage("k", "Y2FwaV9ncm91cA", "À tous.", is_public=False)),
            await connector.send(wire.OutboundMessage("k", ANN, "Voici.", is_public=False, files=FILES)),
        ]
        for act in ("like", "unlike"):
            await connector.act(wire.Deed(act, "wamid.1", ANN))
        await vault.next()
        for formula in connector.capabilities(LATE).formulas:
            words = formula.filled(dict.fromkeys(formula.blanks, "Ann"))
            receipts.append(await connector.send(wire.OutboundMessage("k", ANN, words, False, formula=formula.id)))
    finally:
        await connector.close()

    # Both are those that the description lists; one of them has blanks.
    assert [one.name for one in connector.capabilities(LATE).formulas] == ["hello_world", "2023_april_promo"]
    assert all(receipt.external_id for receipt in receipts)
    assert len(receipts) == 6
    assert await refusal(published) == 422


async def refusal(address: str) -> int:
    """What the server says of a text without words, so that its silence above means something."""
    body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": ANN, "type": "text", "text": 3}
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Bearer t", "User-Agent": "Comptoir/23.0.0"}) as session,
        session.post(f"{address}/v23.0/{US}/messages", json=body) as answer,
    ):
        return answer.status
