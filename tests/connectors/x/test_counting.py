"""A post is as long as X says: by known lengths, and by X's own library on many texts."""

import importlib.resources
import random
import time

import pytest

from bot.connectors.x import counting
from tests.peers import installing, twitter_text

# By X's published rule, case by case: what a letter weighs, what an emoji does, what is a link.
KNOWN = {
    "": 0,
    "hello": 5,
    "é": 1,
    "e\u0301": 1,
    "日本語": 6,
    "Привет": 6,
    "안녕": 4,
    "مرحبا": 5,
    "“—…”": 5,
    "€": 2,
    "👍": 2,
    "👍🏽": 2,
    "👨‍👩‍👧‍👦": 2,
    "🇫🇷🇬🇧": 4,
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿": 2,
    "1️⃣": 2,
    "❤️": 2,
    "©": 1,
    "©️": 2,
    "🧑‍💻": 5,
    "🤌🏽": 4,
    "🇽🇽": 4,
    "😮‍💨": 5,
    "👩🏽‍🤝‍👨🏿": 8,
    "x" * 280: 280,
    "https://example.com/a/very/long/path?with=a&query=1#and-more": 23,
    "example.com": 23,
    "(example.com)": 25,
    "see https://a.co.": 28,
    "a@example.com": 13,
    "@example.com": 12,
    "$example.com": 12,
    "example.nosuchname": 18,
    "1.5 and e.g. this": 17,
    "http://example.com/(in(side)brackets)": 23,
    "https://例え.jp/道": 23 + 2,
    "https://t.co/abc123": 23,
    "http://localhost": 16,
    "one.com two.com": 47,
}
PIECES = [
    *(
        "example.com",
        "http://",
        "https://",
        "t.co/abc123",
        "www.",
        "é",
        "日本語",
        "日本.jp",
        "foo",
        "_",
        "-",
        ".",
        "/",
        "(",
    ),
    *(
        ")",
        "?q=1",
        "#",
        "@",
        "&",
        "x",
        " ",
        ":80",
        "co.uk",
        "пример.рф",
        "xn--80ak6aa92e.com",
        "’",
        "…",
        "—",
        "a@b.com",
    ),
    *("EXAMPLE.COM", "/path/to(a(b)c)/", "\n", "'", '"', "$", "e\u0301", "ﷺ", "𝕏", "\u200f", "\u3000", "%", "~", "|"),
    *("👨‍👩‍👧‍👦", "🇫🇷", "👍🏽", "©", "©️", "1️⃣", "#️⃣", "☺", "☺️", "❤️", "♂", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🤷🏽‍♀️", "®", "™", "ℹ", "▶", "⌚", "✈️"),
]


@pytest.mark.parametrize(("text", "length"), KNOWN.items(), ids=range(len(KNOWN)))
def test_known(text: str, length: int) -> None:
    """What is known of X's rule."""
    assert counting.weight(text) == length


def test_known_by_the_library() -> None:
    """X's own library agrees with what we know of it."""
    assert _judged(list(KNOWN)) == list(KNOWN.values())


def test_many_by_the_library() -> None:
    """X's own library counts ten thousand made-up texts as we do, links and emoji and strange signs side by side."""
    chance = random.Random(20_061_103)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 9))) for _ in range(10_000)]
    theirs = _judged(texts)

    assert [(text, weight) for text, weight in zip(texts, theirs, strict=True) if counting.weight(text) != weight] == []


def test_signs_put_together_by_the_library() -> None:
    """Whatever is joined, toned or shown as a picture: X's own library counts it as we do."""
    chance = random.Random(20_150_601)
    parts = [
        "\u200d",
        "\u200d",
        "\ufe0f",
        "🏽",
        "♀\ufe0f",
        "♂",
        "⚕\ufe0f",
        "❤\ufe0f",
        "💋",
        "🌈",
        "🏳",
        "🏴",
        "☠\ufe0f",
        *"👨👩🧑👦👧💻🔧🚀🦰🕵🏃🤷👯🧞☝👍🚗🤌",
    ]
    texts = ["".join(chance.choices(parts, k=chance.randint(2, 7))) for _ in range(20_000)]
    texts += [f"{one}{tone}\u200d{sign}" for one in "👨👩🧑🕵🏃🤷🧍⛹" for tone in ("", "🏽", "\ufe0f") for sign in parts]
    counted = [(text, theirs, counting.weight(text)) for text, theirs in zip(texts, _judged(texts), strict=True)]

    assert [one for one in counted if one[1] != one[2]] == []


def test_every_letter_by_the_library() -> None:
    """X's own library weighs each letter of the first plane as we do, but for pictures that are younger than it."""
    letters = [chr(number) for number in range(0x20, 0x1_0000, 7) if not 0xD800 <= number <= 0xDFFF]

    assert [a for a, weight in zip(letters, _judged(letters), strict=True) if counting.weight(a) != weight] == []


def test_names_by_the_library() -> None:
    """The ends of host names are those of X's own library."""
    try:
        theirs = twitter_text.names()
    except installing.NoPeer as why:
        pytest.skip(f"X's counting library cannot be had here: {why}")
    listing = importlib.resources.files(counting.__package__ or "").joinpath("domains.txt").read_text("utf-8")
    ours = {name for line in listing.splitlines() if not line.startswith("#") for name in line.split()}

    assert ours == theirs


@pytest.mark.parametrize(
    "text", ["é." * 5_000, "a." * 5_000, "a.co/" + "(" * 9_990, "http://" * 1_400 + ".", "é_" * 5_000 + "."]
)
def test_no_text_takes_long(text: str) -> None:
    """Nobody can keep the desk busy with a text that is hard to count."""
    began = time.process_time()
    counting.weight(text)

    assert time.process_time() - began < 5


def _judged(texts: list[str]) -> list[int]:
    try:
        return twitter_text.weights(texts)
    except installing.NoPeer as why:
        pytest.skip(f"X's counting library cannot be had here: {why}")
