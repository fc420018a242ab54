"""X publishes what its counting must keep to, in categories. No package that we know carries those cases in their weighted form
(npm's twitter-text has none; Debian's is of before weights), and they are not ours to copy. So these are cases of our own for
each category, and X's own library counts each of them in the same run.
"""

from collections.abc import Sequence

import pytest

from bot.connectors.x import counting
from tests.peers import installing, twitter_text

FAMILY, WALES, ASTRONAUT = "👩‍👩‍👧", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "👩🏿‍🚀"
CATEGORIES = {
    "lengths": (
        "a",
        "Bonjour.",
        "  two  spaces ",
        "line\nbreak\r\nand\ttab",
        "č" * 100,
        "c\u030c" * 100,
        "A" * 279 + "é",
    ),
    "weights of scripts": (
        *("гривна", "δραχμή", "دينار", "שקל", "रुपया", "บาท"),
        *("円と銭", "원화", "元", "ﷻ", "𝔹𝕒𝕟𝕜", "𠮷野家", "Ⴀ", "\u1100", "ᎠᎡ", "\U00010000\U0010ffff"),
    ),
    "punctuation and spaces": (
        "‘’“”‹›«»",
        "– — …",
        "\u2009\u200a\u200b\u200c",
        "′″‴‵‶‷",
        "€£¥₿",
        "‰†‡•",
        "№℗™",
        "½¼⅓",
        "\u3000。、",
    ),
    "140 and 280": (
        "貨" * 140,
        "貨" * 141,
        "z" * 280,
        "z" * 281,
        "z" * 257 + "https://x.org",
        "貨" * 128 + "z" + "https://x.org",
    ),
    "links with a protocol": (
        *("http://bank.fr", "https://bank.fr/", "HTTPS://BANK.FR/Agence", "see http://bank.fr, and https://bank.fr."),
        *(
            "https://bank.fr:8443/in?next=/a&b=c#top",
            "http://bank.fr/a_(b)",
            "http://bank.fr/a_(b_(c))",
            "https://b-a-n-k.fr/~you",
        ),
        *(
            "https://sub_domain.bank.fr",
            "http://bank_.fr",
            "http://-bank.fr",
            "https://bank.fr/été/à",
            "http://bank.fr/%C3%A9",
        ),
        *(
            "ftp://bank.fr/",
            "http://10.0.0.1/a",
            "http://bank.notaname/",
            "https://banque.みんな/",
            "http://bücher.de/ä",
        ),
        *(
            "https://t.co/abcDEF123",
            "https://t.co/abcDEF123?x=1",
            "http://bank.fr/" + "path/" * 60,
            "http://bank.fr" * 3,
        ),
    ),
    "links without a protocol": (
        *(
            "bank.fr",
            "www.bank.fr",
            "my.bank.co.uk/loans?rate=3",
            "(bank.fr)",
            "“bank.com”",
            "bank.com.",
            "Bank.COM",
            "bank.fr/été",
        ),
        *(
            "you@bank.fr",
            "@bank.fr",
            "#bank.fr",
            "$bank.fr",
            "x.bank.fr:80",
            "bank.notaname",
            "bank.f",
            "1.2.3",
            "e.g. i.e.",
        ),
        *(
            "円bank.com",
            "bank.com円",
            "bank.みんな",
            "a.bank.fr b.bank.fr",
            "bank.fr,bank.com",
            "co.jp",
            "t.co",
            "....com",
        ),
    ),
    "names, lists and tags": (
        "@bank_of_x",
        "@bank-of-x",
        "@bank/loans",
        "#rates2026",
        "#2026",
        "#ставка",
        "#금리",
        "@@bank",
        "＠bank ＃tag",
    ),
    "emoji": (
        *("🏦", "🏦🏦", "🐖🪙", "☂", "☂️", "☂\ufe0e", "✉️", "#️⃣", "*️⃣9️⃣", "🇨🇭", "🇨🇭🇫", "🇨", "👍🏼🏼", "👩‍❤️‍👨"),
        *(
            FAMILY,
            f"{FAMILY}{ASTRONAUT}",
            WALES,
            "🏴",
            "🏳️‍🌈🏴‍☠️",
            "👩\u200d",
            "\u200d👩",
            "©®™",
            "©️®️™️",
            "ℹ️↔️⏏️",
            "🀄🃏",
        ),
        *(ASTRONAUT * 140, ASTRONAUT * 141, f"A{FAMILY}円", "🏦bank.fr🏦", "http://bank.fr/🏦", "🏦.fr"),
    ),
    "directional marks": (
        *(
            "\u202aSMS\u202c",
            "\u200fשלום\u200e bank.fr",
            "\u202bhttps://bank.fr\u202c",
            "https://bank.fr\u200f/a",
            "\u2066bank.fr\u2069",
        ),
        *("\u061cدينار 5", "\u202dbank.com\u202e", "a\u200eb\u200fc"),
    ),
}


@pytest.mark.parametrize("category", CATEGORIES)
def test_category(category: str) -> None:
    """In each category X's own library counts as we do."""
    texts = CATEGORIES[category]

    assert [(text, counting.weight(text)) for text in texts] == list(zip(texts, _theirs(texts), strict=True))


def test_emoji_that_the_library_does_not_know() -> None:
    """The library's list of emoji ends in 2018. What it does not know it counts in parts, and so do we: never too low."""
    unknown = ("👩‍👩", "🏳‍🌈", "🤝🏼", "👩🏽‍🤝‍👨🏿", "🧑‍🎄", "❤️‍🔥", "🐻‍❄️")

    assert all(counting.weight(text) > 2 for text in unknown)
    assert [counting.weight(text) for text in unknown] == _theirs(unknown)


def _theirs(texts: Sequence[str]) -> list[int]:
    try:
        return twitter_text.weights(texts)
    except installing.NoPeer as why:
        pytest.skip(f"X's counting library cannot be had here: {why}")
