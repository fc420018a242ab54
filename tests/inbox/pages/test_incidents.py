"""Incidents over HTTP: what is suspected is shown unverified, judged by those who may, and followed to its end."""

import re

import pytest

from bot.store import incidents
from bot.store.transaction import Transaction
from bot.watch import incidents as verbs
from bot.watch import words
from bot.watch.spikes import Spike
from inbox import i18n
from tests import world
from tests.inbox.conftest import House


def spike(messages: tuple[str, ...], doubts: tuple[str, ...] = ()) -> Spike:
    return Spike(
        suspected_at=1_772_442_000.0, first_message_at=1_772_441_400.0, people=6, messages=messages, words=("sign in", "appli"),
        score=9.4, severity="sev2", expected=0.43, doubts=doubts,
    )  # fmt: skip


async def suspected(house: House, *messages: str, doubts: tuple[str, ...] = ()) -> int:
    return await house.engine.database.write(lambda tx: verbs.suspect(tx, spike(messages, doubts)))


async def version(house: House, id_: int) -> int:
    return await house.engine.database.read(lambda tx: incidents.find(tx, id_).version)


async def test_an_empty_list_says_so(house: House) -> None:
    """Nothing out of the ordinary is said as such."""
    supervisor = await house.signed_in("supervisor")

    assert "Rien à signaler" in await (await supervisor.get("/incidents")).text()


async def test_what_is_suspected_is_worded_as_unverified(house: House) -> None:
    """In the list and in its room: words, people against usual, delay, the doubt; and no claim that it is true."""
    id_ = await suspected(house, doubts=("no_known_problem",))
    supervisor = await house.signed_in("supervisor")

    listed = await (await supervisor.get("/incidents")).text()
    room = await (await supervisor.get(f"/incidents/{id_}")).text()

    for page in (listed, room):
        assert "À vérifier" in page
        assert "connexion, appli" in page
    assert "contre 0,4" in room
    assert re.search(r"après 10\smin", room)
    assert "une plaisanterie" in room
    assert "Personne ne l’a encore vérifié" in room


async def test_the_messages_are_shown_as_text_with_their_tickets(house: House) -> None:
    """What customers wrote is escaped, and leads to where it is answered."""
    ticket = await house.engine.database.write(lambda tx: world.open_bank(tx).hear(tx, "<b>appli</b> en panne"))
    message = await house.engine.database.read(lambda tx: _message(tx, ticket))
    id_ = await suspected(house, str(message))
    supervisor = await house.signed_in("supervisor")

    room = await (await supervisor.get(f"/incidents/{id_}")).text()

    assert "&lt;b&gt;appli&lt;/b&gt; en panne" in room
    assert f'href="/tickets/{ticket}"' in room


async def test_declared_then_resolved_then_closed(house: House) -> None:
    """Each step is one form; the room says what has been done, and by whom."""
    id_ = await suspected(house)
    supervisor = await house.signed_in("supervisor")
    declared = await supervisor.post(
        f"/incidents/{id_}/declaration", {"title": "Connexion impossible", "severity": "sev2", "version": "1"}
    )
    for state in ("identified", "resolved", "closed"):
        fields = {"state": state, "version": str(await version(house, id_)), "_method": "PUT"}
        assert (await supervisor.post(f"/incidents/{id_}/state", fields)).status == 303

    assert declared.headers["Location"] == f"/incidents/{id_}?done=incident_investigating"
    room = await (await supervisor.get(f"/incidents/{id_}")).text()
    assert "Connexion impossible" in room
    assert "À vérifier" not in room
    told = re.findall(r'<li id="step-\d+">.*?</li>', room)
    assert [
        "clos" in told[0],
        "résolu" in told[1],
        "Cause" in told[2],
        "déclaré" in told[3],
        "soupçonné" in told[4],
    ] == [True] * 5


async def test_its_severity_can_be_judged_anew(house: House) -> None:
    """By one form, before and after it is declared."""
    id_ = await suspected(house)
    supervisor = await house.signed_in("supervisor")

    answer = await supervisor.post(f"/incidents/{id_}/severity", {"severity": "sev1", "version": "1", "_method": "PUT"})

    assert answer.status == 303
    assert (await house.engine.database.read(lambda tx: incidents.find(tx, id_))).severity == "sev1"


@pytest.mark.parametrize(
    ("address", "fields", "sentence"),
    [
        ("declaration", {"title": "", "severity": "sev1", "version": "1"}, "Un titre dit en 1 à 200 caractères"),
        ("declaration", {"title": "Panne", "severity": "huge", "version": "1"}, "Cette gravité n’existe pas"),
        ("declaration", {"title": "Panne", "severity": "sev1", "version": "7"}, "a changé depuis"),
        ("dismissal", {"reason": " ", "version": "1"}, "Dites pourquoi"),
        ("state", {"state": "closed", "version": "1", "_method": "PUT"}, "ne peut pas passer"),
        ("state", {"state": "odd", "version": "1", "_method": "PUT"}, "Cet état n’existe pas"),
        ("state", {"state": "investigating", "version": "1", "_method": "PUT"}, "Déclarez-le d’abord"),
    ],
)
async def test_what_is_wrong_stands_in_the_room_and_changes_nothing(
    house: House, address: str, fields: dict[str, str], sentence: str
) -> None:
    """Each refusal is a French sentence in the room, with 422."""
    id_ = await suspected(house)
    supervisor = await house.signed_in("supervisor")

    answer = await supervisor.post(f"/incidents/{id_}/{address}", fields)

    assert answer.status == 422
    assert sentence in await answer.text()
    assert await version(house, id_) == 1


async def test_an_agent_neither_sees_nor_judges(house: House) -> None:
    """403 at every door, and no link that leads there."""
    id_ = await suspected(house)
    agent = await house.signed_in("agent")

    assert (await agent.get("/incidents")).status == 403
    assert (await agent.get(f"/incidents/{id_}")).status == 403
    assert (await agent.post(f"/incidents/{id_}/dismissal", {"reason": "x", "version": "1"})).status == 403
    assert "/incidents" not in await (await agent.get("/profile")).text()


async def test_what_does_not_exist_is_not_found(house: House) -> None:
    """A number that no incident has."""
    supervisor = await house.signed_in("supervisor")

    assert (await supervisor.get("/incidents/999")).status == 404


def test_every_known_way_to_complain_has_a_name_in_both_languages() -> None:
    """So that a page never shows the name of a key."""
    assert {f"incidents.topic.{name}" for name in words.names()} <= i18n.read("fr").keys() & i18n.read("en").keys()


def _message(tx: Transaction, ticket_id: int) -> int:
    found = tx.connection.exec_driver_sql(f"SELECT id FROM message WHERE ticket_id = {ticket_id:d}")
    return int(found.scalar_one())
