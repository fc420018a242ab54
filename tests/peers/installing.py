"""How a peer that npm brings is had: installed once for each lock file, without running anything of what is installed.

The folder is COMPTOIR_TEST_PEERS, or one in the user's caches. Where node, npm or a package cannot be had, `NoPeer` says why, and
the tests that need it are skipped with that notice.
"""

import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence

FILES = ("package.json", "package-lock.json", ".npmrc")
_INSTALLING = 300


class NoPeer(Exception):
    """It cannot be had on this machine; the text says why."""


def caches() -> pathlib.Path:
    """Where peers are kept from one run to the next."""
    given = os.environ.get("COMPTOIR_TEST_PEERS")
    return pathlib.Path(given) if given else pathlib.Path.home() / ".cache" / "comptoir-peers"


def installed(home: pathlib.Path, *more: str) -> pathlib.Path:
    """A folder with the modules that the lock file in `home` names, and with the files of `home` named besides. Raises NoPeer."""
    files = (*FILES, *more)
    named = hashlib.sha256(b"".join((home / file).read_bytes() for file in files)).hexdigest()[:16]
    place = caches() / f"{home.name}-{named}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = pathlib.Path(tempfile.mkdtemp(dir=place.parent))
        try:
            _install(home, files, fresh)
            # At once or not at all: another worker may be doing the same.
            fresh.rename(place)
        except OSError:
            if not place.exists():
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return place


def _install(home: pathlib.Path, files: Sequence[str], folder: pathlib.Path) -> None:
    for file in files:
        shutil.copy(home / file, folder)
    command = [program("npm"), "ci", "--ignore-scripts"]
    try:
        subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_INSTALLING, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise NoPeer(f"npm did not finish installing {home.name}") from error
    except subprocess.CalledProcessError as error:
        raise NoPeer(f"npm cannot install {home.name}: {error.stderr.decode()[-500:]}") from error


def program(name: str) -> str:
    """Where a program of this machine is. Raises NoPeer."""
    path = shutil.which(name)
    if path is None:
        raise NoPeer(f"there is no {name} on this machine")
    return path


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
