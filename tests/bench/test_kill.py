"""Kill -9 in the middle, as the benchmark does, shorter: what was acknowledged is there, and once."""

import pytest

from tests.bench import product
from tests.bench.goals import kill

MESSAGES = 300


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_killed_desk_loses_and_doubles_nothing(database_url: str) -> None:
    """Killed twice under load, its senders repeating until they hear 2xx, it holds each message once, in one ticket."""
    with product.serving(database_url) as served:
        outcome = kill.rounds_of_kills(served, 2, MESSAGES)

    assert (outcome.tally.lost, outcome.tally.signs) == (0, dict.fromkeys(outcome.tally.signs, 0))
    assert outcome.sent == 2 * MESSAGES
    assert outcome.repeated > 0
