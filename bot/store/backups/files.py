"""A backup as a file: what kind it is, and that it is on the disk, whole, under its name or not at all."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from bot import errors
from bot.store.transaction import Dialect

_KINDS: dict[bytes, Dialect] = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}


def kind(file: Path) -> Dialect | None:
    """Of which database it is a copy, by its first bytes; None when it is something else. Raises Invalid for no file."""
    try:
        with file.open("rb") as opened:
            begin = opened.read(16)
    except OSError as error:
        raise errors.Invalid(f"{file} cannot be read: {error.strerror}.") from error
    return next((dialect for mark, dialect in _KINDS.items() if begin.startswith(mark)), None)


@contextlib.contextmanager
def appearing(file: Path) -> Iterator[Path]:
    """A name to write to, for its owner's eyes only. When all went well, it is on the disk as `file`, its checksum beside it."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        checksum = _checksum_file(file)
        checksum.unlink(missing_ok=True)  # the old one must not be taken for that of the new file
        digest = _digest(part)
        _replace(part, file)
        checksum.write_text(f"{digest}  {file.name}\n", encoding="utf-8")
        _flush(checksum)
    except OSError as error:
        raise errors.Invalid(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def check(file: Path) -> bool:
    """Whether the file is, byte for byte, what was written. False when there is no checksum to tell by. Raises Invalid."""
    try:
        known = _checksum_file(file).read_text(encoding="utf-8").split(maxsplit=1)[0]
    except (OSError, UnicodeDecodeError, IndexError):
        return False
    if _digest(file) != known:
        raise errors.Invalid(
            f"{file} is damaged: it is not what was written (its checksum differs). Take another backup."
        )
    return True


def _checksum_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _replace(part: Path, file: Path) -> None:
    """Rename, having made sure that both the content and then the name are on the disk."""
    _flush(part)
    part.replace(file)
    _flush(file.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
