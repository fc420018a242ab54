"""X's own counting library (npm's twitter-text), asked how long texts are. Had as `installing` says."""

import json
import pathlib
import subprocess
from collections.abc import Sequence

from tests.peers import installing

HOME = pathlib.Path(__file__).parent / "twitter_text"


def weights(texts: Sequence[str]) -> list[int]:
    """The length of each text by X's own library. Raises NoPeer."""
    lines = "\n".join(json.dumps(text) for text in texts)
    return [int(line) for line in _asked(lines).split()]


def names() -> set[str]:
    """The ends of host names that the library takes for links. Raises NoPeer."""
    sources = json.loads(_asked("", "names"))
    bodies = [source.removeprefix("(?:(?:").partition(")(?=")[0] for source in sources]
    return {name for body in bodies for name in body.split("|")}


def _asked(given: str, *about: str) -> str:
    command = [installing.program("node"), str(installing.installed(HOME, "count.js") / "count.js"), *about]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=True).stdout
