"""Files on their way to Telegram: one by itself, several as an album; in one request, so that all of them arrive or none.

Pictures and films may share an album, and documents may, but not both: a mixed one goes as documents.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import telegram
from telegram import InputFile, InputMediaDocument, InputMediaPhoto, InputMediaVideo

from bot import wire
from bot.connectors import multipart

RULES = wire.FileRules(
    10,
    {"image/jpeg": 10_000_000, "image/png": 10_000_000, "application/pdf": 50_000_000, "video/mp4": 50_000_000},
    most_pixels=4_096,
)
CAPTION = 1_024  # in UTF-16 units, as texts are counted
SECONDS = 50.0  # that an upload may take

_SHOWN: Mapping[str, tuple[str, type[telegram.InputMedia]]] = {
    "image/jpeg": ("photo", InputMediaPhoto),
    "image/png": ("photo", InputMediaPhoto),
    "video/mp4": ("video", InputMediaVideo),
}
_DOCUMENT: tuple[str, type[telegram.InputMedia]] = ("document", InputMediaDocument)


def request(files: Sequence[wire.Enclosure], caption: str) -> tuple[str, dict[str, Any]]:
    """The method that sends these files with these words, and what it is told of them."""
    is_shown = all(file.kind in _SHOWN for file in files)
    if len(files) > 1:
        captions = [caption, *[""] * (len(files) - 1)]
        album = [_medium(file, said, is_shown=is_shown) for file, said in zip(files, captions, strict=True)]
        return "sendMediaGroup", {"media": album}
    (file,) = files
    sort, _ = _SHOWN[file.kind] if is_shown else _DOCUMENT
    return f"send{sort.title()}", {sort: _held(file), "caption": caption or None}


def _medium(file: wire.Enclosure, caption: str, *, is_shown: bool) -> telegram.InputMedia:
    _, medium = _SHOWN[file.kind] if is_shown else _DOCUMENT
    return medium(media=_held(file, attach=True), caption=caption or None)  # type: ignore[call-arg]


def _held(file: wire.Enclosure, *, attach: bool = False) -> InputFile:
    return InputFile(file.body, filename=multipart.plain(file.name), attach=attach)
