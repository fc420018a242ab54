"""Reach, as the benchmark measures it, shorter: nothing that a network says is lost or doubled, whatever its neighbours do."""

import asyncio

import pytest

from tests.bench.goals import reach

EVENTS = 100
MISSED = 600


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_channels_are_complete_beside_one_that_is_down_and_one_of_garbage(database_url: str) -> None:
    """Twelve channels, half polled and half pushing: in calm, in trouble, and after a kill, each holds each message once."""
    outcome = asyncio.run(reach.round_of(database_url, (), EVENTS, MISSED))

    assert {name: found for name, found in outcome.differences.items() if found} == {}
    assert len(outcome.differences) == reach.CHANNELS
    assert len(outcome.calm) == EVENTS
    assert len(outcome.polled) == len(outcome.pushed) == EVENTS // 2
