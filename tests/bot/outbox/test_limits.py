"""How fast a channel may send, without a clock of its own."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.limits import Limits, Rates

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@given(st.floats(0.2, 50), st.integers(1, 80))
def test_no_second_holds_more_than_the_rate(rate: float, count: int) -> None:
    """However many ask at once, no window of one second has more places than the rate allows (one at least)."""
    limits = Limits()
    places = [limits.take(1, conversation, Rates(rate, 0), NOON) for conversation in range(count)]

    for place in places:
        # The first second also holds what a rested bucket had saved: one second's worth.
        within = sum(place <= other < place + timedelta(seconds=1) for other in places)
        assert within <= 2 * max(1, int(rate) + 1)
    assert (places[-1] - NOON).total_seconds() >= (count - 2 * max(1, int(rate))) / rate - 1


def test_one_conversation_waits_while_others_go() -> None:
    """The second message to one conversation waits its second; another conversation's leaves at once."""
    limits, rates = Limits(), Rates(30, 1)

    assert limits.take(1, 7, rates, NOON) == NOON
    assert limits.take(1, 7, rates, NOON) == NOON + timedelta(seconds=1)
    assert limits.take(1, 8, rates, NOON) == NOON


def test_the_networks_word_holds_until_its_end() -> None:
    """A channel told to wait is held until then, others are not; a shorter word does not shorten it."""
    limits = Limits()
    limits.hold(1, NOON + timedelta(seconds=9))
    limits.hold(1, NOON + timedelta(seconds=2))

    assert limits.held(NOON) == [1]
    assert limits.held_until(1, NOON) == NOON + timedelta(seconds=9)
    assert limits.held_until(2, NOON) is None
    assert limits.held(NOON + timedelta(seconds=9)) == []
