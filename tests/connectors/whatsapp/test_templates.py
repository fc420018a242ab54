"""After a day only approved templates may be said: which are offered, how they are said, and how the list is kept fresh."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Connector
from bot.connectors.whatsapp import templates
from tests.connectors.meta.far import request
from tests.connectors.meta.graph_api import failed
from tests.connectors.whatsapp.far import ANN, BUSINESS, Kept, WhatsApp, template

HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATE, SOON = (wire.Spot(ANN, is_public=False, at=HEARD + timedelta(hours=hours), heard_at=HEARD) for hours in (30, 1))
TITLE = {"type": "HEADER", "format": "TEXT", "text": "Dossier {{1}}"}
FOOTER = {"type": "FOOTER", "text": "La Banque"}
READY = template("ready", "fr", "Bonjour {{1}}, votre carte {{2}} est prête.", TITLE, FOOTER)
SAID = "Dossier 42\n\nBonjour Ann, votre carte bleue est prête.\n\nLa Banque"


def connected(far: WhatsApp, vault: Kept) -> Connector:
    return registry.connect(replace(far.account(business_account_id=BUSINESS), vault=vault), clock.now)


def late(connector: Connector) -> wire.Capabilities:
    return connector.capabilities(LATE)


async def test_a_template_goes_out_after_the_day(far: WhatsApp) -> None:
    """Once 24 hours have passed the account's templates are offered; filled, one leaves as Meta wants it."""
    far.templates, vault = [READY], Kept()
    connector = connected(far, vault)
    await connector.open()
    await vault.next()
    formula = late(connector).formula(SAID)
    assert formula is not None
    words = wire.OutboundMessage("k", ANN, SAID, is_public=False, formula=formula.id)
    receipt = await connector.send(words)
    await connector.close()

    assert (formula.name, formula.language, formula.blanks) == ("ready", "fr", ("0", "1", "2"))
    assert connector.capabilities(SOON).formulas == ()
    assert receipt.external_id == "wamid.out1"
    texts = {"header": ["42"], "body": ["Ann", "bleue"]}
    components = [
        {"type": where, "parameters": [{"type": "text", "text": one} for one in values]}
        for where, values in texts.items()
    ]
    assert [(body["type"], body["to"], body["template"]) for body in far.sent] == [
        (
            "template",
            ANN,
            {"name": "ready", "language": {"policy": "deterministic", "code": "fr"}, "components": components},
        )
    ]


async def test_they_are_kept_and_listed_anew(far: WhatsApp) -> None:
    """A restart has them at once, even while Meta is away; when Meta tells of a change they are listed again."""
    far.templates, vault = [READY], Kept()
    first = connected(far, vault)
    await first.open()
    await vault.next()
    far.templates = [READY, template("closed", "en", "We have closed your case.")]
    told = {"field": "message_template_status_update", "value": {"event": "APPROVED"}}
    envelope = {"object": "whatsapp_business_account", "entry": [{"id": BUSINESS, "changes": [told]}]}
    brought = first.accept(request(json.dumps(envelope).encode())).batch
    await vault.next()
    names = [one.name for one in late(first).formulas]
    await first.close()
    await far.api.stop()
    second = connected(far, vault)
    await second.open()
    again = [one.name for one in late(second).formulas]
    await second.close()

    assert brought == wire.Batch()
    assert names == again == ["ready", "closed"]


async def test_to_whom_none_is_said(far: WhatsApp) -> None:
    """Not to groups, nor to who has never written; and without the account's number nothing is asked."""
    far.templates, vault = [READY], Kept()
    connector = connected(far, vault)
    await connector.open()
    await vault.next()
    spots = [msgspec.structs.replace(LATE, heard_at=None), msgspec.structs.replace(LATE, conversation_id="Y2Fw")]
    offered = [connector.capabilities(spot).formulas for spot in spots]
    await connector.close()
    asked = len(far.api.asked)
    plain = far.connect()
    await plain.open()
    await plain.close()

    assert offered == [(), ()]
    assert len(far.api.asked) == asked == 1


@pytest.mark.parametrize(
    "message",
    [
        wire.OutboundMessage("k", ANN, SAID, is_public=False, formula="gone fr"),
        wire.OutboundMessage("k", ANN, "Bonjour Ann", is_public=False, formula="ready fr"),
        wire.OutboundMessage(
            "k", ANN, SAID, is_public=False, formula="ready fr", files=(wire.Enclosure("a", "image/png", b"x"),)
        ),
    ],
)
async def test_what_is_not_approved_never_leaves(far: WhatsApp, message: wire.OutboundMessage) -> None:
    """A template that is gone, other words than its own, a file beside it: refused before anything is sent."""
    far.templates, vault = [READY], Kept()
    connector = connected(far, vault)
    await connector.open()
    await vault.next()
    with pytest.raises(errors.Refused):
        await connector.send(message)
    await connector.close()

    assert far.sent == []


def test_which_are_offered() -> None:
    """Those that words alone can fill, in whichever form their blanks are named; no others, and an odd one harms none."""
    image, code = {"type": "HEADER", "format": "IMAGE"}, {"type": "BUTTONS", "buttons": [{"type": "OTP"}]}
    link = {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Voir", "url": "https://b.example/{{1}}"}]}
    quick = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"}]}
    told = [
        READY, template("quick", "en", "Hello", quick),
        template("waiting", "fr", "Bonjour", status="PENDING"), template("code", "fr", "{{1}}", category="AUTHENTICATION"),
        template("picture", "fr", "Bonjour", image), template("link", "fr", "Bonjour", link),
        template("otp", "fr", "Bonjour", code), template("none", "fr", ""), {"status": "APPROVED", "components": 3}, "odd",
        template("many", "fr", " ".join(f"{{{{{number}}}}}" for number in range(1, 22))),
    ]  # fmt: skip
    listed = [templates.listed(one) for one in told]

    assert [one.formula.id for one in listed if one] == ["ready fr", "quick en"]


def test_named_blanks() -> None:
    """Blanks that have names are said by them; a number that stands later is still said in its order."""
    named = templates.read(
        template("n", "fr", "{{first_name}}, le {{day}} : {{first_name}}.", parameter_format="NAMED")
    )
    turned = templates.read(template("t", "fr", "Le {{2}}, {{1}}."))
    assert named is not None
    assert turned is not None
    said = [templates.said(named, "Ann, le 3 mai : Ann."), templates.said(turned, "Le 3 mai, Ann.")]

    assert [one["components"][0]["parameters"] for one in said] == [
        [
            {"type": "text", "text": "Ann", "parameter_name": "first_name"},
            {"type": "text", "text": "3 mai", "parameter_name": "day"},
        ],
        [{"type": "text", "text": "Ann"}, {"type": "text", "text": "3 mai"}],
    ]


async def test_a_list_that_cannot_be_had(far: WhatsApp) -> None:
    """Meta refuses the list: the account goes on, and what was kept is still offered."""
    vault = Kept()
    kept = templates.read(READY)
    assert kept is not None
    await vault.write("templates", templates.write((kept,)))
    asked = asyncio.Event()

    def play(method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        if not path.startswith(BUSINESS):
            return far.play(method, path, query, body)
        asked.set()
        return failed(200, "No permission", status=403)

    far.api.play = play
    connector = connected(far, vault)
    await connector.open()
    async with asyncio.timeout(20):
        await asked.wait()
    try:
        await connector.send(far.outbound("Bonjour"))
    finally:
        await connector.close()

    assert [one["type"] for one in far.sent] == ["text"]
    assert [one.id for one in late(connector).formulas] == ["ready fr"]
    assert templates.recall("[3]") == ()
