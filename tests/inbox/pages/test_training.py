"""The bench: a training is asked for and followed, versions are read, put to work and taken back."""

import re

import pytest

from bot.autoreply import training
from bot.model.event import SYSTEM
from bot.store import intents, trained
from bot.store.intents import Book
from tests.inbox import taught
from tests.inbox.conftest import House


async def book(house: House) -> Book:
    return await house.engine.database.read(intents.book)


async def test_a_training_is_asked_for_followed_and_stopped(house: House) -> None:
    """Its progress is a part of the page that asks again while there is something to follow."""
    sofia = await house.signed_in("supervisor")
    database = house.engine.database
    await database.write(taught.teach)

    asked = await sofia.post("/training")
    assert asked.headers["Location"] == "/training?done=training_asked"
    row = await database.read(trained.under_way)
    assert row is not None
    assert row.started_by == sofia.agent_id
    assert 'data-again="/training/progress"' in await (await sofia.get("/training")).text()
    await database.write(lambda tx: trained.claim(tx, row.id, 1))
    await database.write(lambda tx: trained.beat(tx, row.id, 42, "learning words"))
    piece = await (await sofia.get("/training/progress", X_Pieces="1")).text()
    assert 'value="42"' in piece
    assert "apprend les mots" in piece

    await sofia.post("/training/under-way", method="DELETE")
    assert (await database.read(lambda tx: trained.find(tx, row.id))).is_to_stop
    await database.write(lambda tx: training.fail(tx, row.id, "It broke off each time it was tried."))
    page = await (await sofia.get("/training")).text()
    assert "Il s’est interrompu à chaque essai" in page
    assert "data-again" not in page


async def test_versions_are_put_to_work_and_taken_back(house: House) -> None:
    """One works at a time; what worked before it is one press away."""
    sofia = await house.signed_in("supervisor")
    await house.engine.database.write(taught.teach)
    ids = [await house.engine.database.write(taught.make_version) for _ in range(2)]
    at_work = []

    for id_ in ids:
        assert (await sofia.post("/training/work", {"version": id_}, method="PUT")).status == 303
        at_work.append((await book(house)).trained_id)
    assert f"Revenir à la version {ids[0]}" in await (await sofia.get("/training")).text()
    await sofia.post("/training/work", method="DELETE")
    at_work.append((await book(house)).trained_id)

    assert at_work == [ids[0], ids[1], ids[0]]


async def test_a_version_that_is_none_is_not_put_to_work(house: House) -> None:
    """Neither one that does not exist nor one that failed."""
    sofia = await house.signed_in("supervisor")
    await house.engine.database.write(taught.teach)
    id_ = await house.engine.database.write(lambda tx: training.ask(tx, by=SYSTEM))

    assert (await sofia.post("/training/work", {"version": 99}, method="PUT")).status == 404
    assert (await sofia.post("/training/work", {"version": id_}, method="PUT")).status == 409


@pytest.mark.parametrize(("target", "status"), [("95", 303), ("100", 422), ("", 422), ("viel", 422)])
async def test_the_target_is_set(house: House, target: str, status: int) -> None:
    """A number that means something is kept, and no other."""
    sofia = await house.signed_in("supervisor")

    answer = await sofia.post("/training/target", {"target": target}, method="PUT")

    assert answer.status == status
    assert (await book(house)).target == (95 if status == 303 else 97)


async def test_every_figure_opens_its_rows(house: House) -> None:
    """The whole, a pair that is confused, and what remains wrong above a threshold."""
    sofia = await house.signed_in("supervisor")
    await house.engine.database.write(taught.teach)
    id_ = await house.engine.database.write(taught.make_version)

    async def rows(query: str = "") -> list[str]:
        page = await (await sofia.get(f"/training/{id_}{query}")).text()
        return re.findall(r'<td class="cell-words" lang="\w+">([^<]+)</td>', page)

    page = await (await sofia.get(f"/training/{id_}")).text()
    assert "75,0\u202f%" in page
    assert f'href="/training/{id_}?meant=card_lost&amp;said=hours#rows"' in page
    assert await rows() == ["i lost my card"]
    assert await rows("?meant=card_lost&said=hours") == ["i lost my card"]
    assert await rows("?meant=hours") == []
    assert await rows("?from=0.69") == ["i lost my card"]
    assert await rows("?from=0.71") == []
    assert await rows("?from=nan-sense") == ["i lost my card"]


async def test_the_list_of_intents_says_how_well_each_is_known(house: House) -> None:
    """By the version at work; without one there is nothing to say."""
    sofia = await house.signed_in("supervisor")
    await house.engine.database.write(taught.teach)
    assert "%</td>" not in await (await sofia.get("/intents")).text()
    id_ = await house.engine.database.write(taught.make_version)
    await house.engine.database.write(lambda tx: training.put_to_work(tx, id_, by=SYSTEM))

    page = await (await sofia.get("/intents")).text()

    assert "100,0\u202f%</td>" in page
    assert "0,0\u202f%</td>" in page


async def test_a_version_that_is_behind_is_told(house: House) -> None:
    """An example more, and a new training would know it; to put the version to work is no such change."""
    sofia = await house.signed_in("supervisor")
    database = house.engine.database
    await database.write(taught.teach)
    id_ = await database.write(taught.make_version)
    await sofia.post("/training/work", {"version": id_}, method="PUT")
    behind = "Les intentions ont changé depuis"
    assert behind not in await (await sofia.get("/training")).text()

    await database.write(lambda tx: intents.add_examples(tx, 1, "fr", ["carte envolée"], origin="operator"))

    assert behind in await (await sofia.get("/training")).text()


async def test_nothing_to_compare_is_said(house: House) -> None:
    """A week in which nobody wrote."""
    sofia = await house.signed_in("supervisor")
    await house.engine.database.write(taught.teach)
    ids = [await house.engine.database.write(taught.make_version) for _ in range(2)]

    page = await (await sofia.get(f"/training/comparison?one={ids[0]}&other={ids[1]}")).text()

    assert "Personne n’a écrit cette semaine" in page
    assert (await sofia.get("/training/comparison?one=1&other=x")).status == 404


async def test_the_bots_day_is_read(house: House) -> None:
    """A day without answers says so; what is no day is refused; the bench shows today's figure."""
    sofia = await house.signed_in("supervisor")

    assert "Le robot n’a rien répondu ce jour-là" in await (await sofia.get("/training/day?date=2026-03-01")).text()
    assert (await sofia.get("/training/day?date=hier")).status == 422
    assert "0 réponses sur 0" in await (await sofia.get("/training")).text()
