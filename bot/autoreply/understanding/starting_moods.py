"""Messages whose mood is known before anybody has taught the bot: of our own writing, in both languages."""

import tomllib
from functools import cache
from pathlib import Path

from bot.autoreply.understanding.values import Example


@cache
def read() -> tuple[Example, ...]:
    """Each mood alike often, in each language."""
    languages = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Example(text, mood)
        for moods in languages.values()
        for mood, lines in moods.items()
        for text in lines.strip().splitlines()
    )
