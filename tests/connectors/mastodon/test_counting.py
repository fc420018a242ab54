"""Lengths as Mastodon counts them."""

import pytest

from bot.connectors.mastodon import counting


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("日本語", 3),
        ("😔", 1),
        ("👍🏽", 1),
        ("👨‍👩‍👧", 1),
        ("❤️", 1),
        ("🇫🇷", 1),
        ("🇫🇷🇩🇪", 2),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1),
        ("한", 1),
        ("\u1112\u1161\u11ab", 1),
        ("a\r\nb", 3),
        ("a\nb", 3),
        ("\u0301", 1),
        ("https://banque.example/" + "x" * 300, 23),
        ("http://a.example", 23),
        ("https://a.example, https://b.example.", 23 + 2 + 23 + 1),
        ("(https://a.example/x)", 25),
        ("a.example/without", 17),
        ("https://localhost/x", 19),
        ("xhttps://a.example", 18),
        ("https://a.example/" + "é" * 50, 23),
        ("@ann", 4),
        ("@ann@far.example", 4),
        ("@ann@far.example bonjour", 12),
        ("help@far.example", 16),
        ("https://far.example/@ann@other.example", 23),
    ],
)
def test_count(text: str, length: int) -> None:
    """Characters are what a person sees, a link counts 23, and of a name the instance counts nothing."""
    assert counting.count(text) == length


def test_other_link() -> None:
    """What a link counts is the instance's to say."""
    assert counting.count("see https://a.example/x", link=30) == 34


def test_speed() -> None:
    """A long text of nothing but beginnings of links and names is counted while the agent types."""
    for piece in ("https://a.", "@a.", "@a@b.", "https://a.example/?", "ａ.", "http"):
        assert counting.count(piece * 5_000) > 0
