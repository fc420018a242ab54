"""How long a text is on Bluesky: in graphemes, of which each may stand for ten bytes.

A post may have 300 graphemes and 3,000 bytes, a direct message 1,000 and 10,000: both are one rule, the longer of the
graphemes and a tenth of the bytes.
"""

from bot.connectors import graphemes

BYTES_EACH = 10


def count(text: str) -> int:
    """The length that the network's two limits are held against, as one figure."""
    size = len(text.encode("utf-8", "surrogatepass"))
    return max(graphemes.count(text), -(-size // BYTES_EACH))
