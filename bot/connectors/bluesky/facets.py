"""Links and mentions in a text of ours, which Bluesky shows only where the post says from which byte to which they stand.

Pure: whose DID a handle stands for is asked by `send`.
"""

import re
from collections.abc import Mapping
from typing import Any

# Both begin a text, or stand behind a blank or an opening bracket: an address of mail is no mention.
_LINK = re.compile(r"(?<![^\s(])https?://\S+")
_MENTION = re.compile(
    r"(?<![^\s(])@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
)
_SENTENCE_ENDS = ".,;:!?…»\"'"
MOST_MENTIONS = 10


def mentioned(text: str) -> list[str]:
    """The handles that a text names, each once, in small letters."""
    return list(dict.fromkeys(found[1].lower() for found in _MENTION.finditer(text)))[:MOST_MENTIONS]


def of(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of a text. `dids` tells who bears a handle; a handle that nobody bears stays plain words."""
    found = [_link(text, link) for link in _LINK.finditer(text)]
    for mention in _MENTION.finditer(text):
        did = dids.get(mention[1].lower())
        if did:
            found.append(_facet(text, mention.start(), mention.end(), "mention", did=did))
    return sorted(found, key=lambda facet: int(facet["index"]["byteStart"]))


def _link(text: str, link: "re.Match[str]") -> dict[str, Any]:
    """Without what ends the sentence around it."""
    address = link[0].rstrip(_SENTENCE_ENDS)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_SENTENCE_ENDS)
    return _facet(text, link.start(), link.start() + len(address), "link", uri=address)


def _facet(text: str, start: int, end: int, kind: str, **about: str) -> dict[str, Any]:
    return {
        "$type": "app.bsky.richtext.facet",
        "index": {
            "$type": "app.bsky.richtext.facet#byteSlice",
            "byteStart": len(text[:start].encode()),
            "byteEnd": len(text[:end].encode()),
        },
        "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **about}],
    }
