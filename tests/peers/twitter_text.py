"""X's own counting library (npm's twitter-text), asked how long texts are.

It is installed by the lock file beside `count.js` into a cache: COMPTOIR_TEST_PEERS, or the folder of the user's caches. Where
node, npm or the package cannot be had, `NoPeer` says why, and the test is skipped with that notice.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence

HOME = pathlib.Path(__file__).parent / "twitter_text"
VERSION = "3.1.0"
_FILES = ("package.json", "package-lock.json", ".npmrc", "count.js")


class NoPeer(Exception):
    """The library cannot be had on this machine."""


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
    command = [_program("node"), str(installed() / "count.js"), *about]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=True).stdout


def installed() -> pathlib.Path:
    """The folder of the library, installed once for each version. Raises NoPeer."""
    caches = os.environ.get("COMPTOIR_TEST_PEERS") or pathlib.Path.home() / ".cache" / "comptoir-peers"
    place = pathlib.Path(caches) / f"twitter-text-{VERSION}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = pathlib.Path(tempfile.mkdtemp(dir=place.parent))
        try:
            _install(fresh)
            # At once or not at all: another worker may be doing the same.
            fresh.rename(place)
        except OSError:
            if not place.exists():
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return place


def _install(folder: pathlib.Path) -> None:
    for file in _FILES:
        shutil.copy(HOME / file, folder)
    command = [_program("npm"), "ci", "--ignore-scripts"]
    try:
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=True)
    except subprocess.TimeoutExpired as error:
        raise NoPeer("npm did not finish installing twitter-text") from error
    except subprocess.CalledProcessError as error:
        raise NoPeer(f"npm cannot install twitter-text: {error.stderr.decode()[-500:]}") from error


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise NoPeer(f"there is no {name} on this machine")
    return path
