"""The sentences of X's connector."""

import pathlib
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.connectors import x
from bot.connectors.base import Forgetful
from bot.connectors.x import receive
from bot.connectors.x.costs import Meter
from inbox import i18n, problems
from tests.connectors import said


def _meter(cap: int) -> str:
    meter = Meter(Forgetful(), lambda: datetime(2026, 11, 11, tzinfo=UTC), Decimal(cap))
    meter.spend(20_000)
    return meter.sentence()


SAID = [
    *said.sentences(pathlib.Path(x.__file__).parent),
    receive.REVOKED,
    "`monthly_cap` is 'much'; it must be a number.",
    "`client_id` is missing, and this way of hearing X needs it.",
    _meter(0),
    _meter(2),
]


@pytest.mark.parametrize("sentence", SAID)
def test_in_french(sentence: str) -> None:
    """Whatever the connector says, agents who read French read it in French."""
    assert problems.translated(i18n.Words("fr", ZoneInfo("Europe/Paris")), sentence)
