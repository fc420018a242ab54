"""How long a text is for Mastodon: in characters as a person sees them, where each link counts the same, whatever its length.

Of a mention only the name counts, not the instance. Pure.
"""

import re

from bot.connectors import graphemes

LINK = 23

# As Mastodon finds them: a link has a scheme and a domain with a dot; what closes a sentence does not belong to it.
_URL = re.compile(
    r"(?<![\w@#$/.\-])https?://(?:[\w\-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#](?:[^\s<>\"]*[^\s<>\"'.,:;!?()\]}…])?)?",
    re.IGNORECASE,
)
MENTION = re.compile(r"(?<![\w/=])@(?P<name>\w+(?:[\w.\-]*\w)?)(?P<home>@[\w\-]+(?:\.[\w\-]+)*(?::\d+)?)?")


def count(text: str, link: int = LINK) -> int:
    """The length by the instance's rule; `link` is what a link counts there."""
    shortened = _URL.sub("x" * link, text)
    return graphemes.count(MENTION.sub(lambda found: f"@{found['name']}", shortened))
