"""Channels, canned replies, quarantine and the journal, kept over HTTP."""

import json
from datetime import timedelta

import pytest

from bot import wire
from bot.desk import canned, hearing, ingest
from bot.model.event import SYSTEM
from bot.store import canned_replies, channels, intake, lanes, pulses, quarantines
from bot.store.transaction import Transaction
from tests.inbox.conftest import House, Visitor

FORM = {"network": "telegram", "name": "nord", "title": "Telegram Nord", "branch": "Nord", "language": "fr", "base_url": "",
        "option_mode": "poll", "secret_token": "COMPTOIR_SECRET_NORD"}  # fmt: skip


async def channel(admin: Visitor, house: House) -> channels.ChannelRow:
    assert (await admin.post("/channels", FORM)).status == 303
    found = await house.engine.database.read(lambda tx: channels.by_name(tx, "nord"))
    assert found is not None
    return found


async def test_the_form_is_made_from_the_networks_manifest(house: House) -> None:
    """Each network's settings appear with their help in the agent's language; secrets ask for a variable's name."""
    admin = await house.signed_in("admin")
    text = await (await admin.get("/channels/new?network=telegram")).text()
    manifest = house.engine.doors.networks()["telegram"]
    for setting in manifest.settings:
        assert f'name="{"secret" if setting.is_secret else "option"}_{setting.name}"' in text
    assert "Le jeton du bot" in text
    assert 'placeholder="COMPTOIR_SECRET_…"' in text
    assert (await admin.get("/channels/new?network=../../etc")).status == 404


async def test_a_channel_is_added_changed_paused_and_resumed(house: House) -> None:
    """Each step is one fact in the journal; the name stays what it was."""
    admin = await house.signed_in("admin")
    row = await channel(admin, house)
    await admin.post(f"/channels/{row.id}", {**FORM, "name": "other", "title": "Telegram Lille"}, method="PUT")
    await admin.post(f"/channels/{row.id}/pause")
    changed = await house.engine.database.read(lambda tx: channels.find(tx, row.id))
    assert (changed.name, changed.title, changed.is_paused) == ("nord", "Telegram Lille", True)
    await admin.post(f"/channels/{row.id}/pause", method="DELETE")
    kinds = [kind for kind in await house.kinds() if kind.startswith("channel.") and kind != "channel.health_changed"]
    assert kinds == ["channel.added", "channel.changed", "channel.paused", "channel.resumed"]


@pytest.mark.parametrize(
    ("field", "value"), [("secret_token", "123456:AAF-a-token"), ("secret_token", "PATH"), ("base_url", "file:///etc")]
)
async def test_a_pasted_token_is_refused_and_kept_nowhere(house: House, field: str, value: str) -> None:
    """A secret typed into the form is refused; no channel is made, and the database holds no trace of it."""
    admin = await house.signed_in("admin")
    assert (await admin.post("/channels", {**FORM, field: value})).status == 422
    assert await house.engine.database.read(channels.all) == ()
    assert value not in repr(
        await house.engine.database.read(lambda tx: tx.connection.exec_driver_sql("SELECT body FROM event").all())
    )


SIGNED = {"network": "signed", "name": "shop", "title": "Boutique", "language": "fr", "base_url": "",
          "secret_secret": "COMPTOIR_SECRET_SHOP"}  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["http://shop.example/", "ftp://shop.example/", "https://", "https://user:word@shop.example/", "shop.example", "http://[::1/",
     "http://127.0.0.1:9000/", "javascript:alert(1)", "https://shop.example:99999/"],
)  # fmt: skip
async def test_an_address_for_answers_that_cannot_be_called_is_refused_when_it_is_saved(
    house: House, address: str
) -> None:
    """Beside its field, in the sentence that the connector has for it, when the channel is added and when it is changed."""
    admin = await house.signed_in("admin")
    refused = await admin.post("/channels", SIGNED | {"option_reply_url": address})
    assert (await admin.post("/channels", SIGNED | {"option_reply_url": "https://shop.example/answers"})).status == 303
    (row,) = await house.engine.database.read(channels.all)
    changed = await admin.post(f"/channels/{row.id}", SIGNED | {"option_reply_url": address}, method="PUT")

    assert (refused.status, changed.status) == (422, 422)
    for answer in (refused, changed):
        assert "Les réponses partent vers une adresse qui commence par https://" in await answer.text()
    (kept,) = await house.engine.database.read(channels.all)
    assert kept.options == {"reply_url": "https://shop.example/answers"}


@pytest.mark.parametrize(
    "address",
    ["http://api.example", "http://127.0.0.1:8081", "https://me:word@api.example", "https://api.example:99999"],
)
async def test_a_networks_address_that_would_show_the_token_is_refused_when_it_is_saved(
    house: House, address: str
) -> None:
    """Another address of the network is one over https, when the channel is added and when it is changed."""
    admin = await house.signed_in("admin")
    refused = await admin.post("/channels", FORM | {"base_url": address})
    assert (await admin.post("/channels", FORM | {"base_url": "https://api.example"})).status == 303
    (row,) = await house.engine.database.read(channels.all)
    changed = await admin.post(f"/channels/{row.id}", FORM | {"base_url": address}, method="PUT")

    assert (refused.status, changed.status) == (422, 422)
    for answer in (refused, changed):
        assert "Les réponses partent vers une adresse qui commence par https://" in await answer.text()
    (kept,) = await house.engine.database.read(channels.all)
    assert kept.base_url == "https://api.example"


MASTODON = {"network": "mastodon", "name": "mast", "title": "Mastodon", "language": "fr", "base_url": "",
            "secret_token": "COMPTOIR_SECRET_MAST"}  # fmt: skip


async def test_mastodon_is_connected_by_following_its_page(house: House) -> None:
    """Its page asks for the instance by that name, nothing is saved without it, and with it the channel is there."""
    admin = await house.signed_in("admin")
    page = await (await admin.get("/channels/new?network=mastodon")).text()
    refused = await admin.post("/channels", MASTODON)
    saved = await admin.post("/channels", MASTODON | {"base_url": "https://mastodon.example"})

    assert "Adresse de l&#39;instance" in page
    assert "https://mastodon.social" in page
    assert "Autre adresse du réseau" not in page
    assert (refused.status, saved.status) == (422, 303)
    assert 'id="error-base_url"' in await refused.text()
    (kept,) = await house.engine.database.read(channels.all)
    assert kept.base_url == "https://mastodon.example"


async def test_a_closed_choice_is_chosen_and_what_is_none_is_refused(house: House) -> None:
    """It is a select whose choices are named; another value is refused beside it, and can be seen there."""
    admin = await house.signed_in("admin")
    page = await (await admin.get("/channels/new?network=messenger")).text()
    told = {"network": "messenger", "name": "page", "title": "Page", "language": "fr", "option_human_agent": "oui"}
    refused = await admin.post("/channels", told)
    text = await refused.text()

    assert '<select id="field-option_human_agent"' in page
    assert '<option value="no" selected>Non (no)</option>' in page
    assert refused.status == 422
    assert "`human_agent` vaut &#39;oui&#39;\u202f; ce peut être `no`, `yes`." in text
    assert '<option value="oui" selected>' in text
    assert await house.engine.database.read(channels.all) == ()


async def test_each_fault_stands_beside_its_field(house: House) -> None:
    """All that is wrong is told at once, as far as the manifest can say it."""
    admin = await house.signed_in("admin")
    told = {
        "network": "x",
        "name": "x",
        "title": "X",
        "language": "fr",
        "option_mode": "webhook",
        "option_poll_seconds": "soon",
    }
    text = await (await admin.post("/channels", told)).text()

    for name in (
        "option_client_id",
        "option_poll_seconds",
        "secret_refresh_token",
        "secret_bearer_token",
        "secret_consumer_secret",
    ):
        assert f'id="error-{name}"' in text
    assert "`bearer_token` manque\u202f; `mode` = `webhook` en a besoin." in text
    assert "`poll_seconds` vaut &#39;soon&#39;\u202f; ce doit être un nombre de 0 à 1000000." in text


async def test_a_token_in_a_variables_place_is_not_shown_again(house: House) -> None:
    """It is refused beside its field, which is empty again; the names of variables that are right stay."""
    admin = await house.signed_in("admin")
    told = FORM | {"secret_token": "123456:AAF-a-token", "secret_hook_secret": "COMPTOIR_SECRET_HOOK"}
    refused = await admin.post("/channels", told)
    text = await refused.text()

    assert refused.status == 422
    assert 'id="error-secret_token"' in text
    assert "AAF-a-token" not in text
    assert 'value="COMPTOIR_SECRET_HOOK"' in text


async def test_a_page_says_when_the_network_cannot_call(house: House) -> None:
    """This desk has no public address: networks that call say so, others do not; secrets say when they are read."""
    admin = await house.signed_in("admin")
    called = await (await admin.get("/channels/new?network=whatsapp")).text()
    asked = await (await admin.get("/channels/new?network=mastodon")).text()
    chosen = await (await admin.post("/channels", FORM | {"option_mode": "webhook"})).text()

    assert "Le réseau doit appeler Comptoir et ne le peut pas" in called
    assert "Le réseau doit appeler Comptoir et ne le peut pas" not in asked
    assert "Le réseau doit appeler Comptoir et ne le peut pas" in chosen
    assert "qu’après un redémarrage de Comptoir" in asked


async def test_testing_a_channel_that_is_not_open_says_why(house: House) -> None:
    """Without its secret in the environment, the test button names the variable that is missing."""
    admin = await house.signed_in("admin")
    row = await channel(admin, house)
    health = wire.ChannelHealth(wire.Health.UNCONFIGURED, "The environment variable COMPTOIR_SECRET_NORD is not set.")
    await house.engine.database.write(lambda tx: channels.note_health(tx, row.id, health))
    text = await (await admin.post(f"/channels/{row.id}/probe")).text()
    assert "La variable d’environnement COMPTOIR_SECRET_NORD n’est pas définie." in text


CANNED = {
    "shortcut": "carte",
    "title": "Carte",
    "text_fr": "Bonjour {{contact_first_name}}, {{motif}}.",
    "text_en": "Hello.",
}


async def test_supervisors_keep_canned_replies_and_agents_read_them(house: House) -> None:
    """A supervisor saves, changes and removes; an agent sees the words and no form, and is refused when sending one."""
    supervisor, agent = await house.signed_in("supervisor"), await house.signed_in()
    assert (await supervisor.post("/canned-replies", CANNED)).status == 303
    text = await (await agent.get("/canned-replies/1")).text()
    assert "Bonjour" in text
    assert 'name="text_fr"' not in text
    assert (await agent.post("/canned-replies/1", CANNED, method="PUT")).status == 403
    assert (await supervisor.post("/canned-replies/1", {**CANNED, "title": "Ma carte"}, method="PUT")).status == 303
    assert (await supervisor.post("/canned-replies/1", method="DELETE")).status == 303
    assert await house.engine.database.read(canned_replies.all) == ()


async def test_a_preview_fills_what_is_known_and_saves_nothing(house: House) -> None:
    """Blanks that the desk knows are filled, others stay and are named, expressions are text; nothing is kept."""
    supervisor = await house.signed_in("supervisor")
    typed = {**CANNED, "text_en": "{{ 7*7 }} {{agent_name.__class__}} {% for x in y %}", "preview": "1"}
    text = await (await supervisor.post("/canned-replies", typed)).text()
    assert "Bonjour Claire, {{motif}}." in text
    assert "motif · à remplir à la main" in text
    assert "{{ 7*7 }} {{agent_name.__class__}} {% for x in y %}" in text
    assert "49" not in text.split('id="preview"')[1]
    assert await house.engine.database.read(canned_replies.all) == ()


async def test_a_shortcut_belongs_to_one_reply(house: House) -> None:
    """The second reply of a shortcut is refused beside its field, naming the first."""
    supervisor = await house.signed_in("supervisor")
    await house.engine.database.write(
        lambda tx: canned.save(
            tx, None, shortcut="carte", title="Carte", text_fr="a", text_en="", is_safe_in_public=False, by=SYSTEM
        )
    )
    answer = await supervisor.post("/canned-replies", {**CANNED, "title": "Autre"})
    text = await answer.text()
    assert answer.status == 422
    assert "Le raccourci /carte est celui de" in text
    assert 'id="error-shortcut"' in text


async def test_quarantine_is_shown_as_text_and_tried_again(house: House) -> None:
    """The payload is escaped; a supervisor looks, an admin retries; what is still wrong is noted, what is right is taken in."""
    admin, supervisor, agent = (
        await house.signed_in("admin"),
        await house.signed_in("supervisor"),
        await house.signed_in(),
    )
    row = await channel(admin, house)
    said = {
        "external_id": "m1",
        "conversation_id": "c1",
        "author": {"external_id": "a1"},
        "sent_at": "2026-03-02T08:00:00Z",
        "text": "Salut",
    }

    good, bad = await house.engine.database.write(
        lambda tx: [
            intake.set_aside(tx, row.id, payload, "It was odd.", is_wire=True)
            for payload in (json.dumps(said).encode(), b'{"text": "<script>alert(1)</script>"}')
        ]
    )
    assert (await agent.get("/quarantine")).status == 403
    text = await (await supervisor.get(f"/quarantine/{bad}")).text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert (await supervisor.post(f"/quarantine/{good}/release")).status == 403
    assert (await admin.post(f"/quarantine/{good}/release")).status == 303
    assert (await admin.post(f"/quarantine/{bad}/release")).status == 422
    left = await house.engine.database.read(quarantines.waiting)
    assert [(one.id, one.attempts) for one in left] == [(bad, 2)]


async def test_the_journal_shows_who_did_what_and_whether_it_is_whole(house: House) -> None:
    """An admin reads the latest events by kind and verifies the seals; nobody else may."""
    admin, supervisor = await house.signed_in("admin"), await house.signed_in("supervisor")
    await channel(admin, house)
    text = await (await admin.get("/audit?kind=channel")).text()
    assert "channel.added" in text
    assert "session.opened" not in text
    assert "Une admin" in text
    assert "Le journal est intact" in await (await admin.get("/audit/verification")).text()
    assert "n’est pas intact" in await (await admin.get("/audit/verification?head=" + "0" * 64)).text()
    assert (await supervisor.get("/audit")).status == 403
    assert (await house.kinds())[-1] == "access.refused"


async def test_a_page_tells_how_a_channel_does(house: House) -> None:
    """Its delay, since when sending rests, when one is tried, what was missed and filled in: on the list and on its page."""
    admin = await house.signed_in("admin")
    row = await channel(admin, house)
    now = house.engine.database.now()
    hour = timedelta(hours=1)

    def trouble(tx: Transaction) -> None:
        said = wire.InboundMessage("1", "t", wire.Person("lea"), now - timedelta(seconds=42), "Bonjour")
        ingest.take(tx, [hearing.prepare(row.id, said)], hearing.Rules())
        pulses.beat(tx, row.id)
        pulses.open_gap(tx, row.id, now - 3 * hour, now - 2 * hour, 0, is_reached=False)
        pulses.close_gap(tx, row.id, 1234)
        for _ in range(lanes.STRIKES):
            lanes.fail(tx, row.id, "The network cannot be reached.", hour)

    await house.engine.database.write(trouble)
    listed = await (await admin.get("/channels")).text()
    page = await (await admin.get(f"/channels/{row.id}")).text()

    assert all("Le réseau est injoignable." in text and "Un message sera tenté" in text for text in (listed, page))
    assert "42 s" in listed and "il est arrivé en 42 s" in page
    assert "1\u202f234 messages de cette période ont été rattrapés" in page
    assert "il manque peut-être quelque chose" in page
