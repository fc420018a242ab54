"""Files that somebody sent: pictures are made anew, a few other kinds are kept as they came, all else is refused."""

import io
import pathlib
import random
import struct
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot import wire
from bot.desk import picturing
from bot.errors import Refused
from bot.store.parts import Part

SECRET = b"47.2184 N, 1.5536 W"


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind, **options)
    return out.getvalue()


def located() -> bytes:
    """A JPEG lying on its side, that tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010E] = SECRET.decode()
    return picture("JPEG", exif=exif, comment=SECRET)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says to be so large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_is_made_anew_with_a_thumbnail(kind: str) -> None:
    """Whatever kind it was, what is kept is WebP of the same shape, and a small one beside it."""
    content, thumbnail = picturing.remade(picture(kind, (3_000, 1_500)))

    assert thumbnail is not None
    assert (content.kind, content.width, content.height) == ("image/webp", 2_048, 1_024)
    assert (thumbnail.kind, thumbnail.width, thumbnail.height) == ("image/webp", 360, 180)
    with Image.open(io.BytesIO(content.body)) as read:
        assert read.size == (2_048, 1_024)


def test_what_is_hidden_in_a_picture_does_not_come_through() -> None:
    """Neither the place where it was taken nor a comment is kept, and the picture stands upright."""
    body = located()
    assert SECRET in body
    content, thumbnail = picturing.remade(body)

    assert thumbnail is not None
    assert SECRET not in content.body + thumbnail.body
    assert (content.width, content.height) == (30, 40)
    with Image.open(io.BytesIO(content.body)) as read:
        assert not read.getexif()


def test_what_follows_a_picture_does_not_come_through() -> None:
    """A page that is glued behind a picture is gone."""
    content, _ = picturing.remade(picture("GIF") + b"<script>alert(1)</script>")
    assert b"script" not in content.body


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P")])
def test_what_a_telephone_takes_is_kept(kind: str, mode: str) -> None:
    """Twelve million pixels, however they are coloured, become one picture of the size that is shown."""
    content, thumbnail = picturing.remade(picture(kind, (4_032, 3_024), mode))

    assert thumbnail is not None
    assert (content.width, content.height, thumbnail.width, thumbnail.height) == (2_048, 1_536, 320, 240)


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (12_000, 8_000), (65_000, 700), (4_200, 3_000)])
def test_a_picture_of_too_many_pixels_is_refused_unread(width: int, height: int) -> None:
    """Its head alone decides; it is never unfolded in memory."""
    with pytest.raises(Refused, match="too many pixels"):
        picturing.remade(bomb(width, height))


# A process of its own, so that its peak is its own: what a picture costs beside the program and the file.
MEASURE = """
import pathlib, sys
from bot.desk import picturing
body = pathlib.Path(sys.argv[1]).read_bytes()
def peak():
    (line,) = [one for one in pathlib.Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1])
picturing.remade(pathlib.Path(sys.argv[2]).read_bytes())
before = peak()
kept, _ = picturing.remade(body)
print(kept.width, kept.height, (peak() - before) // 1024)
"""


@pytest.mark.skipif(not pathlib.Path("/proc/self/status").exists(), reason="only Linux tells a process's peak this way")
def test_a_huge_photograph_is_read_small(tmp_path: pathlib.Path) -> None:
    """Fifty million pixels would fill 200 MB: they cost less than half of that, and become what is shown."""
    large, small = tmp_path / "large.jpg", tmp_path / "small.jpg"
    Image.linear_gradient("L").resize((8_192, 6_144)).convert("RGB").save(large)
    small.write_bytes(picture("JPEG"))
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(large), str(small)], capture_output=True, text=True, check=True, timeout=100
    )
    width, height, megabytes = map(int, told.stdout.split())

    assert (width, height) == (2_048, 1_536)
    assert megabytes < 100


def test_a_huge_photograph_leaves_upright_and_small() -> None:
    """It goes out as large as the network takes it, without where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET.decode()
    content, _ = picturing.outgoing(picture("JPEG", (6_000, 4_000), exif=exif), WIDE)

    assert (content.kind, content.width, content.height) == ("image/jpeg", 667, 1_000)
    assert SECRET not in content.body


@pytest.mark.parametrize(
    "body",
    [
        picture("JPEG", (4_200, 3_000), progressive=True),
        picture("WEBP", (4_200, 3_000)),
        picture("JPEG", (9_000, 6_000)),
    ],
    ids=["in several passes", "no JPEG", "more than a telephone takes"],
)
def test_what_cannot_be_read_small_is_refused(body: bytes) -> None:
    """Such a picture would have to be unfolded whole."""
    with pytest.raises(Refused, match="too many pixels"):
        picturing.remade(body)


def test_a_photograph_whose_colours_come_one_after_the_other_is_refused() -> None:
    """Its scan holds one colour of three: a reader keeps all of it until the last has come."""
    body = bytearray(picture("JPEG", (4_200, 3_000)))
    scan = body.index(b"\xff\xda")
    assert body[scan + 4] == 3
    body[scan + 4] = 1

    with pytest.raises(Refused, match="too many pixels"):
        picturing.remade(bytes(body))


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"  \n<html></html>",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04",
        b"#!/bin/sh",
        b"BM" + b"\0" * 60,
        b"",
    ],
)
def test_what_might_be_run_is_refused(body: bytes) -> None:
    """SVG, HTML, programs, archives and what nobody knows."""
    with pytest.raises(Refused, match="not kept here"):
        picturing.remade(body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\0\0\0\x20ftypisom....", "video/mp4"),
        (b"OggS....", "audio/ogg"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
    ],
)
def test_other_kinds_are_kept_as_they_came(body: bytes, kind: str) -> None:
    """Documents, films and voices, told by their first bytes, never by their name."""
    content, thumbnail = picturing.remade(body)
    assert (content.kind, content.body, thumbnail) == (kind, body, None)


@given(cut=st.integers(0, 700), noise=st.binary(max_size=40), kind=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]))
def test_a_broken_picture_is_refused_or_read_and_never_anything_else(cut: int, noise: bytes, kind: str) -> None:
    """Cut anywhere and with bytes put in, it never raises what is not ours."""
    body = picture(kind, (60, 60))
    assert _outcome(body[:cut] + noise + body[cut + len(noise) :]) in {
        "image/webp",
        picturing.BROKEN,
        picturing.UNKNOWN,
        picturing.HUGE,
        *(known for *_, known in picturing._KNOWN),
    }


def _outcome(body: bytes) -> str:
    try:
        return picturing.remade(body)[0].kind
    except Refused as refused:
        return refused.message


def opened(body: bytes) -> Image.Image:
    with Image.open(io.BytesIO(body)) as read:
        read.load()
        return read


WIDE = wire.FileRules(4, {"image/jpeg": 2_000_000, "image/png": 2_000_000, "application/pdf": 50}, 1_000)


@pytest.mark.parametrize(
    ("kind", "sent"), [("JPEG", "image/jpeg"), ("WEBP", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/png")]
)
def test_what_leaves_is_made_anew_as_the_network_wants_it(kind: str, sent: str) -> None:
    """No longer than the network allows, in a kind that it takes: what was drawn stays sharp, what was taken is a JPEG."""
    content, thumbnail = picturing.outgoing(picture(kind, (3_000, 1_500)), WIDE)

    assert (content.kind, content.width, content.height) == (sent, 1_000, 500)
    assert opened(content.body).size == (1_000, 500)
    assert thumbnail is not None
    assert (thumbnail.kind, thumbnail.width) == ("image/webp", 360)


def test_nothing_hidden_leaves() -> None:
    """Neither the place where a picture was taken nor a comment goes out, and it stands upright."""
    content, _ = picturing.outgoing(located(), WIDE)

    assert SECRET not in content.body
    assert opened(content.body).getexif() == {}
    assert (content.width, content.height) == (30, 40)


def test_a_picture_that_is_too_heavy_becomes_lighter() -> None:
    """Noise that fits in no PNG becomes a JPEG, then a smaller one, until it fits."""
    noise = Image.frombytes("RGB", (600, 600), random.Random(7).randbytes(600 * 600 * 3))
    out = io.BytesIO()
    noise.save(out, "PNG")
    content, _ = picturing.outgoing(out.getvalue(), wire.FileRules(1, {"image/jpeg": 40_000, "image/png": 40_000}))

    assert content.kind == "image/jpeg"
    assert len(content.body) <= 40_000
    assert content.width == content.height < 600


def test_what_is_too_heavy_as_a_jpeg_is_made_smaller_and_no_webp() -> None:
    """A large WebP takes seconds at each try, and all other files wait for it."""
    noise = Image.frombytes("RGB", (600, 600), random.Random(7).randbytes(600 * 600 * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG")
    content, _ = picturing.outgoing(out.getvalue(), wire.FileRules(1, {"image/jpeg": 40_000, "image/webp": 900_000}))

    assert content.kind == "image/jpeg"


def test_what_shines_through_becomes_white_where_a_network_takes_no_png() -> None:
    """A logo on nothing stands on white, not on black."""
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(out, "PNG")
    content, _ = picturing.outgoing(out.getvalue(), wire.FileRules(1, {"image/jpeg": 40_000}))

    assert opened(content.body).getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", picturing.UNSENT),
        (b"<!doctype html><script>alert(1)</script>", picturing.UNSENT),
        (b"MZ\x90\x00", picturing.UNSENT),
        (b"", picturing.UNSENT),
        (b"\0\0\0\x18ftypmp42", picturing.NOT_TAKEN),
        (b"%PDF-1.7" + b" " * 100, picturing.TOO_LARGE),
        (b"\x89PNG\r\n\x1a\n and nothing", picturing.BROKEN),
        (bomb(60_000, 60_000), picturing.HUGE),
    ],
)
def test_what_may_not_leave_is_refused_with_the_reason(body: bytes, why: str) -> None:
    """What a browser might run, what the network does not take, what is too large, broken or a bomb."""
    with pytest.raises(Refused, match=why):
        picturing.outgoing(body, WIDE)


def test_a_document_leaves_as_it_is() -> None:
    """A PDF that the network takes is not touched."""
    assert picturing.outgoing(b"%PDF-1.7 ok", WIDE) == (Part("application/pdf", b"%PDF-1.7 ok"), None)
