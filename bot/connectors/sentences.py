"""A network's own sentence, made fit to be shown: short, and without any secret of ours that it repeats. Pure."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import quote

LONGEST = 200
_INSTEAD = "•••"
_NOTHING = re.compile(r"(?!)")


def fit(text: str, secrets: Collection[str], shaped: re.Pattern[str] = _NOTHING) -> str:
    """The sentence without these secrets, also where they stand as in an address, and without what is `shaped` like one.

    Shortened last: half a secret would no longer be known for one.
    """
    for secret in sorted({form for one in secrets for form in (one, quote(one, safe=""))}, key=len, reverse=True):
        if secret:
            text = text.replace(secret, _INSTEAD)
    return shaped.sub(_INSTEAD, text)[:LONGEST]


def borne(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The secret by which a request says who asks, without the word that says of what kind it is."""
    credentials = [value for name, value in headers.items() if name.lower() == "authorization"]
    return tuple(value.rpartition(" ")[2] for value in credentials)
