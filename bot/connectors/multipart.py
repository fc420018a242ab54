"""Forms that carry files: fields and files side by side in the body of one request, as RFC 7578 writes it."""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

_UNSAFE = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a form: the field under which it stands, how it is called, its media type, its bytes."""

    under: str
    name: str
    kind: str
    body: bytes = field(repr=False)


def written(fields: Mapping[str, str], *files: Part) -> tuple[str, bytes]:
    """The content type, with its boundary, and the body."""
    # So long that no file holds it by chance.
    boundary = secrets.token_hex(24)
    pieces = [_piece(boundary, f'name="{_quoted(name)}"', "", value.encode()) for name, value in fields.items()]
    for file in files:
        called = f'name="{_quoted(file.under)}"; filename="{_quoted(file.name)}"'
        pieces.append(_piece(boundary, called, f"Content-Type: {_quoted(file.kind)}\r\n", file.body))
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces) + f"--{boundary}--\r\n".encode()


def plain(name: str, usual: str = "file") -> str:
    """A file's name in letters that every network takes, with its ending."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = "".join(one for one in letters if one.isprintable()).rpartition(".")
    return f"{stem.strip() or usual}{dot}{ending}" if dot else ending.strip() or usual


def _piece(boundary: str, called: str, more: str, body: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {called}\r\n{more}\r\n"
    return b"".join((head.encode(), body, b"\r\n"))


def _quoted(text: str) -> str:
    return text.translate(_UNSAFE)
