"""The bot's precision on a day: what nobody corrected or contradicted, of what it answered."""

from datetime import timedelta

import pytest

from bot.autoreply import correcting
from bot.clock import HeldClock
from bot.desk import assigning
from bot.store import answers
from bot.store.answers import Answer
from tests.bot.autoreply.teller import HOURS, Teller
from tests.world import actor


async def day(desk: Teller, clock: HeldClock) -> list[Answer]:
    since = clock() - timedelta(hours=12)
    return list(await desk.database.read(lambda tx: answers.between(tx, since, since + timedelta(days=1))))


async def test_an_answer_stands_until_somebody_says_otherwise(desk: Teller, clock: HeldClock) -> None:
    """Asked and answered: right, as far as anybody has said. A message that was not answered is none of it."""
    ticket_id = await desk.asked(HOURS)
    await desk.asked("Et puis quoi encore", who="Paul Roux")

    (one,) = await day(desk, clock)

    assert (one.ticket_id, one.text, one.intent, one.is_right) == (ticket_id, HOURS, "hours", True)


@pytest.mark.parametrize(("meant", "is_right"), [("fees", False), ("", False), ("hours", True)])
async def test_an_agent_corrects_it(desk: Teller, clock: HeldClock, meant: str, is_right: bool) -> None:
    """It was about something else, or about nothing known; who confirms it corrects nothing."""
    ticket_id = await desk.asked(HOURS)
    (one,) = await day(desk, clock)
    by = actor(desk.bank.amina)
    await desk.database.write(lambda tx: correcting.correct_intent(tx, ticket_id, one.message_id, meant, by=by))

    (one,) = await day(desk, clock)

    assert one.is_right is is_right
    assert one.is_corrected is not is_right


@pytest.mark.parametrize(("after", "is_right"), [(timedelta(minutes=59), False), (timedelta(minutes=61), True)])
async def test_an_agent_takes_over(desk: Teller, clock: HeldClock, after: timedelta, is_right: bool) -> None:
    """Within the hour that contradicts the answer; later it is another matter."""
    ticket_id = await desk.asked(HOURS)
    clock.advance(after)
    amina = desk.bank.amina
    await desk.database.write(lambda tx: assigning.assign(tx, ticket_id, amina, by=actor(amina)))

    (one,) = await day(desk, clock)

    assert one.is_right is is_right


async def test_yesterday_is_another_day(desk: Teller, clock: HeldClock) -> None:
    """Neither what was before the day nor what comes after belongs to it."""
    await desk.asked(HOURS)
    noon = clock()

    async def found(since: timedelta) -> int:
        return len(
            await desk.database.read(lambda tx: answers.between(tx, noon + since, noon + since + timedelta(hours=1)))
        )

    assert await found(timedelta(0)) == 1
    assert await found(timedelta(hours=-1)) == 0
    assert await found(timedelta(hours=1)) == 0
