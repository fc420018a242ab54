"""What waits for somebody's help, over HTTP: work that was given up is shown beside the quarantine, and tried again."""

from bot.bootstrap import Engine
from bot.reactions import BY_KIND
from bot.store import events, queue
from inbox import i18n
from tests import world
from tests.inbox.conftest import House


async def depth(engine: Engine) -> tuple[int, int]:
    return await engine.database.read(queue.depth)


async def test_work_that_was_given_up_is_shown_and_tried_again(house: House) -> None:
    """An admin sees what was to follow and for which ticket; one form brings it back, and the journal says who did it."""
    work_id = await house.engine.database.write(world.give_up)
    admin = await house.signed_in("admin")
    page = await (await admin.get("/quarantine")).text()
    assert "Trouver un agent pour le ticket" in page
    assert 'href="/tickets/7"' in page
    assert f'action="/quarantine/dead/{work_id}/attempts"' in page

    answer = await admin.post(f"/quarantine/dead/{work_id}/attempts")
    assert (answer.status, answer.headers["Location"]) == (303, "/quarantine?done=revived")
    assert await depth(house.engine) == (1, 0)
    (told,) = [
        one
        for one in await house.engine.database.read(lambda tx: events.after(tx, events.Position()))
        if one.kind == "work.revived"
    ]
    assert (told.by.id, told.body) == (admin.agent_id, {"work": work_id, "kind": "route"})
    assert (await admin.post(f"/quarantine/dead/{work_id}/attempts")).status == 404
    assert "work.title" not in await (await admin.get("/quarantine")).text()


async def test_who_may_not_retry_sees_it_without_a_form(house: House) -> None:
    """A supervisor reads why, and can neither press nor post."""
    work_id = await house.engine.database.write(world.give_up)
    supervisor = await house.signed_in("supervisor")
    page = await (await supervisor.get("/quarantine")).text()
    assert "Trouver un agent pour le ticket" in page
    assert "/attempts" not in page
    assert (await supervisor.post(f"/quarantine/dead/{work_id}/attempts")).status == 403
    assert await depth(house.engine) == (0, 1)


def test_every_reaction_has_words() -> None:
    """Whatever can be given up is named in both languages."""
    assert {f"work.kind.{kind}" for kind in BY_KIND} <= i18n.read("fr").keys()
