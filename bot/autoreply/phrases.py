"""What the bot says by itself, in both languages. `phrases.toml` holds the words."""

import importlib.resources
import tomllib
from collections.abc import Mapping
from functools import cache


def say(tongue: str, key: str, /, **values: object) -> str:
    """The phrase in this tongue, with its values put in."""
    return read()[tongue][key].format(**values)


@cache
def read() -> Mapping[str, Mapping[str, str]]:
    """All phrases, by language and key."""
    return tomllib.loads(importlib.resources.files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))
