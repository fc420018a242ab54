"""What becomes of a file that somebody sent. Pure: its bytes in; what we keep of it, or the sentence why we keep nothing.

A picture is decoded and made anew: what is hidden in a file, the place where it was taken, or a trap for whoever opens it does
not come through. Other kinds are told by their first bytes, and only those that people send are kept, to be saved and never shown
here. What a browser might run (SVG, HTML) is refused.
"""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import Refused
from bot.store.parts import Part

PICTURES = ("JPEG", "PNG", "GIF", "WEBP")
MOST_PIXELS = 12 * 1024 * 1024  # what a telephone takes; unfolded, four bytes each
SHOWN = (2_048, 2_048)
THUMBNAIL = (360, 240)
QUALITY = 82

UNKNOWN = "This kind of file is not kept here."
BROKEN = "This picture cannot be read."
HUGE = "This picture has too many pixels."

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
_PICTURE = ((0, b"\xff\xd8\xff"), (0, b"\x89PNG\r\n"), (0, b"GIF8"), (8, b"WEBP"))


def remade(body: bytes) -> tuple[Part, Part | None]:
    """What is kept, and of a picture its thumbnail. Raises Refused with the reason why nothing is."""
    if any(body[at:].startswith(sign) for at, sign in _PICTURE):
        return _picture(body)
    for at, sign, kind in _KNOWN:
        if body[at : at + len(sign)] == sign:
            return Part(kind, body), None
    raise Refused(UNKNOWN)


def _picture(body: bytes) -> tuple[Part, Part]:
    try:
        with Image.open(io.BytesIO(body), formats=PICTURES) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Refused(HUGE)
            # A JPEG is read no larger than it is shown; other kinds pass this over.
            found.draft("RGB", SHOWN)
            plain = _plain(found)
            plain.thumbnail(SHOWN)
            plain = ImageOps.exif_transpose(plain)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(HUGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise Refused(BROKEN) from error
    return _scaled(plain, SHOWN), _scaled(plain, THUMBNAIL)


def _plain(found: Image.Image) -> Image.Image:
    """Its colours as they are kept; the picture itself where they are that already, and not a second one beside it."""
    mode = "RGBA" if found.has_transparency_data else "RGB"
    return found if found.mode == mode else found.convert(mode)


def _scaled(picture: Image.Image, within: tuple[int, int]) -> Part:
    """A new picture of the same pixels, no larger than this, with nothing else in it."""
    small = picture.copy()
    small.thumbnail(within)
    clean = Image.new(small.mode, small.size)
    clean.paste(small)
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=QUALITY)
    return Part("image/webp", out.getvalue(), clean.width, clean.height)
