"""A browser that somebody signed in from is known again, by its agent's own password only."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import devices

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_it_is_known_again_for_a_year() -> None:
    """The same number each time, until it is too old."""
    kept = devices.remember("", 7, "hash of 7", NOW)

    number = devices.recognise(kept, 7, "hash of 7", NOW + timedelta(days=364))
    assert len(number) >= 22
    assert number == devices.recognise(kept, 7, "hash of 7", NOW)
    assert devices.recognise(kept, 7, "hash of 7", NOW + timedelta(days=366)) == ""


def test_it_is_known_to_nobody_else() -> None:
    """Neither for another agent, nor under another password, nor for one who has none."""
    kept = devices.remember("", 7, "hash of 7", NOW)

    assert devices.recognise(kept, 8, "hash of 7", NOW) == ""
    assert devices.recognise(kept, 7, "new hash of 7", NOW) == ""
    assert devices.recognise(devices.remember("", 7, "", NOW), 7, "", NOW) == ""


def test_agents_share_a_browser() -> None:
    """Each who signs in from it is known there afterwards, once; the cookie does not grow without end."""
    kept = ""
    for agent_id in (1, 2, 1, 3, 4, 5, 6):
        kept = devices.remember(kept, agent_id, f"hash of {agent_id}", NOW)

    known = [bool(devices.recognise(kept, agent_id, f"hash of {agent_id}", NOW)) for agent_id in range(1, 7)]
    assert known == [True, False, True, True, True, True]
    assert len(kept) < devices.LONGEST


@pytest.mark.parametrize("part", [0, 1, 2])
def test_no_part_of_it_can_be_changed(part: int) -> None:
    """Its number, its end and its sign hold together."""
    parts = devices.remember("", 7, "hash of 7", NOW).split(".")
    parts[part] = parts[part][:-2] + ("11" if parts[part][-2:] != "11" else "22")

    assert devices.recognise(".".join(parts), 7, "hash of 7", NOW) == ""


@given(st.text(max_size=200), st.text(max_size=20))
def test_whatever_a_browser_brings_is_no_error(kept: str, password_hash: str) -> None:
    """Bytes that are no token are a stranger's."""
    assert devices.recognise(kept, 7, password_hash, NOW) == ""
    assert devices.recognise(devices.remember(kept, 7, "hash", NOW), 7, "hash", NOW)
