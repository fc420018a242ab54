"""What becomes of a file that was sent, or is to be. Pure: its bytes in; what we keep of it, or the sentence why we do not.

A picture is decoded and made anew: what is hidden in a file, the place where it was taken, or a trap for whoever opens it does
not come through. Other kinds are told by their first bytes, and only those that people send are kept, to be saved and never shown
here. What a browser might run (SVG, HTML) is refused.
"""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import Refused
from bot.store.parts import Part
from bot.wire import FileRules

PICTURES = ("JPEG", "PNG", "GIF", "WEBP")
MOST_PIXELS = 12 * 1024 * 1024  # unfolded, four bytes each
MOST_TAKEN = 50 * 1024 * 1024  # what a telephone takes: a JPEG that can be read smaller than it is
SCALES = (1, 2, 4, 8)  # at which a JPEG can be read
SHOWN = (2_048, 2_048)
THUMBNAIL = (360, 240)
QUALITY = 82

SENT_SHOWN = 4_096  # the longest side that leaves where the network names none
SENT_QUALITIES = (88, 78, 66, 54)
LEAST_SIDE = 64

UNKNOWN = "This kind of file is not kept here."
BROKEN = "This picture cannot be read."
HUGE = "This picture has too many pixels."
UNSENT = "This kind of file cannot be sent."
NOT_TAKEN = "The network does not take this kind of file."
TOO_LARGE = "This file is too large for the network."

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}

# The first bytes of what is kept as it came: where they stand, what they are, what they mean.
_KNOWN = (
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"#!AMR", "audio/amr"),
)
# The parts of a JPEG, each with its length, that come before its first scan; and the frames that no later scan refines.
_SCAN, _PLAIN_FRAMES = 0xDA, (0xC0, 0xC1)
_PARTS = frozenset({*_PLAIN_FRAMES, 0xC4, _SCAN, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE})
_PICTURE = ((0, b"\xff\xd8\xff"), (0, b"\x89PNG\r\n"), (0, b"GIF8"), (8, b"WEBP"))


def remade(body: bytes) -> tuple[Part, Part | None]:
    """What is kept, and of a picture its thumbnail. Raises Refused with the reason why nothing is."""
    if _is_picture(body):
        plain, _ = _decoded(body, SHOWN)
        return _scaled(plain, SHOWN), _scaled(plain, THUMBNAIL)
    return Part(_known(body, UNKNOWN), body), None


def outgoing(body: bytes, rules: FileRules) -> tuple[Part, Part | None]:
    """The file as it may leave under these rules, and of a picture its thumbnail. Raises Refused with the reason why it may not.

    A picture is made as small as the network wants it; what was drawn stays sharp (PNG) as long as it fits.
    """
    if _is_picture(body):
        side = min(rules.most_pixels or SENT_SHOWN, SENT_SHOWN)
        plain, is_drawn = _decoded(body, (side, side))
        return _fitting(plain, rules, is_drawn=is_drawn), _scaled(plain, THUMBNAIL)
    kind = _known(body, UNSENT)
    if kind not in rules.kinds:
        raise Refused(NOT_TAKEN)
    if len(body) > rules.kinds[kind]:
        raise Refused(TOO_LARGE)
    return Part(kind, body), None


def _is_picture(body: bytes) -> bool:
    return any(body[at:].startswith(sign) for at, sign in _PICTURE)


def _known(body: bytes, otherwise: str) -> str:
    for at, sign, kind in _KNOWN:
        if body[at : at + len(sign)] == sign:
            return kind
    raise Refused(otherwise)


def _decoded(body: bytes, within: tuple[int, int]) -> tuple[Image.Image, bool]:
    """The picture upright and no larger than this, without anything else; and whether it was drawn rather than taken."""
    try:
        with Image.open(io.BytesIO(body), formats=PICTURES) as found:
            # A JPEG is read no larger than it is shown, and never whole when it is huge; other kinds pass this over.
            found.draft("RGB", _readable(found.size, within, body))
            is_drawn = found.format in ("PNG", "GIF")
            plain = _plain(found)
            plain.thumbnail(within)
            plain = ImageOps.exif_transpose(plain)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(HUGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, TypeError) as error:
        raise Refused(BROKEN) from error  # what stands beside the pixels may be anything, too
    return plain, is_drawn


def _readable(size: tuple[int, int], within: tuple[int, int], body: bytes) -> tuple[int, int]:
    """The size in which it is asked for, so that no more than `MOST_PIXELS` are unfolded. Raises Refused."""
    width, height = size
    if width * height <= MOST_PIXELS:
        return within
    if width * height > MOST_TAKEN or not _comes_row_by_row(body):
        raise Refused(HUGE)
    scale = next(one for one in SCALES if (-(-width // one)) * (-(-height // one)) <= MOST_PIXELS)
    return min(within[0], width // scale), min(within[1], height // scale)


def _comes_row_by_row(body: bytes) -> bool:
    """Whether it is a JPEG whose first scan holds all its colours: any other must be held whole in memory to be read."""
    at, colours = 2, 0
    while body[:2] == b"\xff\xd8" and at + 9 < len(body) and body[at] == 0xFF and (kind := body[at + 1]) in _PARTS:
        if kind == _SCAN:
            return body[at + 4] == colours
        if kind in _PLAIN_FRAMES:
            colours = body[at + 9]
        at += 2 + int.from_bytes(body[at + 2 : at + 4])
    return False


def _plain(found: Image.Image) -> Image.Image:
    """Its colours as they are kept; the picture itself where they are that already, and not a second one beside it."""
    mode = "RGBA" if found.has_transparency_data else "RGB"
    return found if found.mode == mode else found.convert(mode)


def _scaled(picture: Image.Image, within: tuple[int, int]) -> Part:
    """A new picture of the same pixels, no larger than this, with nothing else in it."""
    small = picture.copy()
    small.thumbnail(within)
    return _saved(_clean(small, small.mode), "image/webp", quality=QUALITY)


def _fitting(picture: Image.Image, rules: FileRules, *, is_drawn: bool) -> Part:
    """A new picture that the network takes: first the best, then ever less, until it is light enough."""
    while True:
        for kind, options in _ways(rules, is_drawn=is_drawn):
            made = _saved(_clean(picture, "RGB" if kind == JPEG else picture.mode), kind, **options)
            if len(made.body) <= rules.kinds[kind]:
                return made
        if max(picture.size) < LEAST_SIDE:
            raise Refused(TOO_LARGE)
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))


def _ways(rules: FileRules, *, is_drawn: bool) -> list[tuple[str, dict[str, int]]]:
    """In which kinds a picture may be saved, the one that we like best first. Raises Refused where there is none."""
    lossless: list[tuple[str, dict[str, int]]] = [(PNG, {})] if PNG in rules.kinds else []
    # One kind is enough: what is too heavy as a JPEG is made smaller, because a large WebP takes seconds each time.
    small = [kind for kind in (JPEG, WEBP) if kind in rules.kinds][:1]
    lossy = [(kind, {"quality": quality}) for kind in small for quality in SENT_QUALITIES]
    if not (lossless or lossy):
        raise Refused(NOT_TAKEN)
    return [*lossless, *lossy] if is_drawn else lossy or lossless


def _clean(picture: Image.Image, mode: str) -> Image.Image:
    """A new picture of the same pixels with nothing else in it; what shone through becomes white where it no longer can."""
    clean = Image.new(mode, picture.size, "white" if mode == "RGB" else (0, 0, 0, 0))
    clean.paste(picture, mask=picture if picture.mode == "RGBA" and mode == "RGB" else None)
    return clean


def _saved(picture: Image.Image, kind: str, **options: int) -> Part:
    out = io.BytesIO()
    picture.save(out, _FORMATS[kind], **options)
    return Part(kind, out.getvalue(), picture.width, picture.height)
