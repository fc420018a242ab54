"""The version at work understands; without one, or with one that is damaged, rules do, and nothing stands still."""

from collections.abc import Callable

import pytest

from bot import errors
from bot.autoreply.by_rules import ByRules
from bot.autoreply.loading import Loader
from bot.autoreply.understanding import keeping, learning
from bot.autoreply.understanding.understander import Understander
from bot.autoreply.understanding.values import Example, Kind
from bot.desk import starting
from bot.store.intents import Book

NAMES = ("card_lost_stolen", "opening_hours", "thanks")


def at_work(trained_id: int | None, target: int = 97) -> Book:
    return Book(1, target, trained_id, None, ())


@pytest.fixture(scope="module")
def version() -> bytes:
    """What a training of three intents leaves."""
    told = [
        Example(text, one.name)
        for one in starting.read()
        if one.name in NAMES
        for texts in one.examples.values()
        for text in texts
    ]
    return keeping.pack(learning.learn(Kind.INTENT, told, lambda *_: None))


def test_the_version_at_work_understands(version: bytes) -> None:
    """It is fetched once; another target needs no other bytes."""
    asked = []

    def fetch(id_: int) -> bytes:
        asked.append(id_)
        return version

    load = Loader(fetch)
    first, second = load(at_work(7)), load(at_work(7, target=90))

    assert isinstance(first, Understander)
    assert isinstance(second, Understander)
    assert (first.target, second.target) == (0.97, 0.9)
    assert first.understand(["quels sont vos horaires"])[0].intent == "opening_hours"
    assert asked == [7]


def test_without_a_version_rules_are_all() -> None:
    """Nothing is fetched."""
    assert isinstance(Loader(_nothing)(at_work(None)), ByRules)


def _nothing(id_: int) -> bytes:
    raise errors.NotFound("There is no such version.")


@pytest.mark.parametrize("fetch", [_nothing, lambda _: b"PK not a model", lambda _: b""])
def test_what_cannot_be_read_is_as_none(fetch: Callable[[int], bytes]) -> None:
    """The bot goes on by rules, and the log says which version it was."""
    assert isinstance(Loader(fetch)(at_work(3)), ByRules)
