"""A process that dies between any two steps leaves nothing half done; two that work at once do nothing twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot import errors
from bot.autoreply import handing
from bot.autoreply.circumstances import LATE
from bot.autoreply.understanding.values import Danger
from bot.desk import intents as verbs
from bot.desk import noting, posting, routing
from bot.model.event import SYSTEM
from bot.runners import understanding
from bot.store import channels, engagements, events, suggestions, understandings
from bot.store import intents as book
from tests.bot.autoreply.teller import FEES, HOURS, Mind, Teller, means

# Each step of the flow, in the order in which they are taken: what a message passes that is answered, and one that is not.
STEPS: dict[str, tuple[Any, str]] = {
    "understood": (understandings, "keep"),
    "spoken": (posting, "write"),
    "noted": (noting, "write"),
    "offered": (suggestions, "offer"),
    "handed over": (handing.changing, "apply"),
    "routed": (routing, "route"),
    "decided": (engagements, "decide"),
    "reached": (understandings, "reach"),
}


def dies_once(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, *, is_after: bool) -> None:
    """The first time that this step is taken, nothing of its transaction comes to be."""
    real: Callable[..., Any] = getattr(place, name)
    passed: list[bool] = []

    def step(*given: Any, **more: Any) -> Any:
        if passed:
            return real(*given, **more)
        passed.append(True)
        if is_after:
            real(*given, **more)
        raise errors.TryLater("The process has died.")

    monkeypatch.setattr(place, name, step)


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_dying_at_any_step(desk: Teller, monkeypatch: pytest.MonkeyPatch, step: str, is_after: bool) -> None:
    """What was heard is understood by whoever comes next: each message is answered, suggested or handed over once."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    answered, fees, unknown = [
        await desk.hears(text, who=who) for text, who in ((HOURS, "Léa"), (FEES, "Paul"), ("Autre chose", "Inès"))
    ]
    dies_once(monkeypatch, *STEPS[step], is_after=is_after)
    with pytest.raises(errors.TryLater):
        await desk.runner("one").turn()
    assert [await desk.said(one) for one in (answered, fees, unknown)] == [[], [], []]
    desk.clock.advance(understanding.LEASE)
    await desk.thinks(desk.runner("two"))

    courses = [(await desk.courses(one))[0][0] for one in (answered, fees, unknown)]
    assert courses == ["answer", "suggest", "hand_over"]
    assert [len(await desk.said(one)) for one in (answered, fees, unknown)] == [1, 0, 1]
    assert [len(await desk.notes(one)) for one in (answered, fees, unknown)] == [0, 0, 1]


async def test_dying_after_the_commit(desk: Teller) -> None:
    """The commit came through and the process died before it knew: the next one finds nothing left to do."""
    ticket_id = await desk.hears(HOURS)
    first = desk.runner("one")
    unread = await desk.database.read(lambda tx: understandings.unread(tx, 10))
    await first.turn()
    desk.clock.advance(understanding.LEASE)
    await desk.runner("two")._follow(unread)  # what it had read before the first was done

    assert len(await desk.said(ticket_id)) == 1
    assert len(await desk.decided(ticket_id)) == 1


async def test_two_workers(desk: Teller) -> None:
    """Side by side on the same log, with thirty messages: each is decided once, and spoken to once."""
    tickets = [await desk.hears(HOURS, who=f"Client {number}") for number in range(30)]

    async def work(holder: str) -> None:
        runner = desk.runner(holder)
        while (await desk.database.read(lambda tx: understandings.unread(tx, 1))).until is not None:
            await runner.turn()

    async with asyncio.timeout(60):
        await asyncio.gather(work("one"), work("two"))

    assert [len(await desk.said(one)) for one in tickets] == [1] * 30
    assert [await desk.courses(one) for one in tickets] == [[("answer", "sure")]] * 30


async def test_one_that_cannot_be_read_stops_no_other(desk: Teller) -> None:
    """The model chokes on one of three: a person reads that one, at once; the others are answered."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    desk.mind.fails.add("gnarf")
    first, bad, last = [
        await desk.hears(text, who=who) for text, who in ((HOURS, "Léa"), ("gnarf", "Paul"), (HOURS, "Inès"))
    ]
    await desk.thinks()

    assert [await desk.courses(one) for one in (first, bad, last)] == [
        [("answer", "sure")], [("hand_over", "failed")], [("answer", "sure")],
    ]  # fmt: skip
    assert (await desk.ticket(bad)).assignee_id == desk.bank.amina


async def test_without_a_model_examples_are_known_by_heart(desk: Teller) -> None:
    """Nothing was trained: what says the same as an example, whatever its accents and signs, is answered; nothing else is."""
    runner = desk.runner(mind=Mind())
    await desk.hears("Vos Horaires ??")
    ticket_id = await desk.hears("Quels sont vos horaires", who="Paul Durand")
    await desk.thinks(runner)

    assert await desk.courses(ticket_id) == [("hand_over", "unknown")]
    assert await desk.do(lambda tx: engagements.told_courses(tx, tx.now)) == {
        "answer": 1, "ask": 0, "suggest": 0, "hand_over": 1, "silent": 0,
    }  # fmt: skip


async def test_a_changed_book_is_read_anew(desk: Teller) -> None:
    """The runner keeps the book; the operator's change holds for the next message."""
    runner = desk.runner()
    await desk.hears(HOURS)
    await desk.thinks(runner)
    loads = len(desk.mind.asked)
    await desk.do(retire)
    ticket_id = await desk.hears(HOURS, who="Paul Durand")
    await desk.thinks(runner)

    assert loads == 1
    assert await desk.courses(ticket_id) == [("hand_over", "unknown")]


def retire(tx: Any) -> None:
    """The opening hours are no subject any more."""
    found = book.by_name(tx, "hours")
    assert found is not None
    verbs.remove(tx, found, by=SYSTEM)


async def test_what_was_said_long_ago_is_not_answered(desk: Teller) -> None:
    """What comes in late, as after an outage or from an archive, goes to a person without a word; dangers first all the same."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    desk.mind.means["On m’a volé ma carte"] = means("", dangers=(Danger.STOLEN_CARD,))
    hours = await desk.asked(HOURS, at=desk.clock() - 2 * LATE)
    stolen = await desk.asked("On m’a volé ma carte", at=desk.clock() - 2 * LATE, who="Paul Durand")

    assert [await desk.courses(one) for one in (hours, stolen)] == [[("suggest", "late")], [("silent", "late")]]
    assert [await desk.said(one) for one in (hours, stolen)] == [[], []]
    assert [await desk.notes(one) for one in (hours, stolen)] == [[], []]
    rows = [await desk.ticket(one) for one in (hours, stolen)]
    assert [(row.assignee_id, row.priority) for row in rows] == [
        (desk.bank.amina, "normal"),
        (desk.bank.amina, "urgent"),
    ]


async def test_the_log_of_a_desk_without_bots_stays_as_short(desk: Teller) -> None:
    """Where nothing is to be suggested, understanding a message writes no event."""
    await desk.do(lambda tx: channels.change(tx, desk.bank.telegram, has_bot=False))
    await desk.asked("Bonjour")
    before = len(await desk.do(events.latest))
    await desk.asked("Encore moi")

    assert len(await desk.do(events.latest)) == before + 1
