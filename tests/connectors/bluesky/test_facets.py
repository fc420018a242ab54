"""Links and mentions in what we say stand where Bluesky will look for them."""

import pytest
from atproto_client.utils import facet_detection  # type: ignore[import-untyped]

from bot.connectors.bluesky import facets

DIDS = {"ann.example.com": "did:plc:ann", "bob.bsky.social": "did:plc:bob"}


def shown(text: str) -> list[tuple[str, str]]:
    """Each facet as the words it covers, by bytes as the network counts, and what it leads to."""
    found = []
    for facet in facets.of(text, DIDS):
        words = text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        (feature,) = facet["features"]
        found.append((words, feature.get("uri") or feature.get("did")))
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rien", []),
        ("😔 voir https://a.example/é.", [("https://a.example/é", "https://a.example/é")]),
        ("(https://a.example/x)", [("https://a.example/x", "https://a.example/x")]),
        ("https://a.example/x_(y)", [("https://a.example/x_(y)", "https://a.example/x_(y)")]),
        ("é @Ann.example.com!", [("@Ann.example.com", "did:plc:ann")]),
        ("@nobody.example.com", []),
        ("write to ann@bob.bsky.social", []),
        ("xhttps://a.example", []),
        (
            "@bob.bsky.social: http://b.example?",
            [("@bob.bsky.social", "did:plc:bob"), ("http://b.example", "http://b.example")],
        ),
    ],
)
def test_found(text: str, found: list[tuple[str, str]]) -> None:
    """Links without what ends the sentence around them, and handles that somebody bears; an address of mail is none."""
    assert shown(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example.com/b?c=d#e et (http://f.example.com/g)",
        "été 😔 https://a.example.com/x, puis @ann.example.com et @bob.bsky.social.",
        "@ann.example.com",
        "mail ann@bob.bsky.social ou @ann.example.com\n@bob.bsky.social",
    ],
)
def test_as_the_sdk(text: str) -> None:
    """The SDK finds the same links and mentions in the same places."""
    links = [
        (facet.index.byte_start, facet.index.byte_end, facet.features[0].uri)
        for facet in facet_detection.detect_facets(text)
    ]
    mentions = [(one.byte_start, one.byte_end, DIDS[one.handle]) for one in facet_detection.detect_mentions(text)]
    ours = [
        (
            facet["index"]["byteStart"],
            facet["index"]["byteEnd"],
            facet["features"][0].get("uri") or facet["features"][0]["did"],
        )
        for facet in facets.of(text, DIDS)
    ]

    assert ours == sorted([*links, *mentions])


def test_mentioned() -> None:
    """Each handle once, in small letters, and not without end."""
    assert facets.mentioned("@Ann.example.com @ann.example.com @bob.bsky.social") == [
        "ann.example.com",
        "bob.bsky.social",
    ]
    assert len(facets.mentioned(" ".join(f"@a{number}.example.com" for number in range(50)))) == facets.MOST_MENTIONS
