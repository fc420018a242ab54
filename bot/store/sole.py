"""One process per embedded database: a lock on a file beside it, which dies with the process that holds it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import errors


@contextmanager
def holder(folder: Path) -> Iterator[None]:
    """Hold the folder for as long as the block runs. Raises Conflict, naming who holds it; Invalid when it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "comptoir.lock").open("a+", encoding="ascii")
    except OSError as error:
        raise errors.Invalid(f"The data folder {folder} cannot be used: {error.strerror}.", field="data_dir") from error
    with file:
        file.seek(0)
        _lock(folder, file.fileno(), file.read().strip())
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holding(folder: Path) -> str | None:
    """The process that runs the desk in this folder, "unknown" when it cannot be told; None when nobody does."""
    try:
        file = (folder / "comptoir.lock").open("rb")
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read(20).decode("ascii", "replace").strip() or "unknown"
    return None


def _lock(folder: Path, descriptor: int, last: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise errors.Conflict(
            f"Process {last or 'unknown'} already runs the desk in {folder}. Stop it first, give another --data-dir,"
            " or use PostgreSQL for more than one process."
        ) from None
