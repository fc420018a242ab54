"""A small model of a few intents, taught once for all tests that only ask it."""

from functools import cache

from bot.autoreply.understanding import learning
from bot.autoreply.understanding.model import Model
from bot.autoreply.understanding.values import Example, Kind
from bot.desk import starting


def unheard(_done: float, _stage: str) -> None:
    """Whoever learns tells how far it is; nobody listens."""


INTENTS = {
    "card_lost_stolen", "card_declined", "sign_in", "app_down", "transfer_missing", "opening_hours", "fees", "account_close",
}  # fmt: skip


@cache
def examples(language: str = "") -> tuple[Example, ...]:
    """Of eight intents of the starter set, in one language or in both."""
    asked = (language,) if language else ("fr", "en")
    return tuple(
        Example(text, one.name)
        for one in starting.read()
        if one.name in INTENTS
        for each in asked
        for text in one.examples[each]
    )


@cache
def model() -> Model:
    return learning.learn(Kind.INTENT, examples(), unheard)
