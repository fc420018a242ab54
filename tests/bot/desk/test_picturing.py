"""Files that somebody sent: pictures are made anew, a few other kinds are kept as they came, all else is refused."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.desk import picturing
from bot.errors import Refused

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
    }


def _outcome(body: bytes) -> str:
    try:
        return picturing.remade(body)[0].kind
    except Refused as refused:
        return refused.message
