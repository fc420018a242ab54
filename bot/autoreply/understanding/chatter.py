"""What people also write to a bank on a social network, and what is no concern of the bot's: weather, sport, jokes, adverts.

Lines of our own writing. Whoever teaches intents may add them as one label more, that is never answered.
"""

from functools import cache
from pathlib import Path

from bot.autoreply.understanding.values import Example

LABEL = "chatter"


@cache
def read(language: str) -> tuple[str, ...]:
    """The lines of "fr" or "en"."""
    return tuple(Path(__file__).with_name(f"chatter_{language}.txt").read_text(encoding="utf-8").splitlines())


def examples(label: str = LABEL) -> list[Example]:
    """Those of both languages under one label."""
    return [Example(text, label) for language in ("fr", "en") for text in read(language)]
