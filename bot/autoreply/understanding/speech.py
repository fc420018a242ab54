"""Which language a message is written in, in the words of `Understanding`."""

from bot.desk.language import detect

UNKNOWN = "unknown"


def language(text: str, hint: str = "") -> str:
    """One of "fr", "en", "other", and "unknown" when nobody could tell. `hint`: what the conversation has been in so far."""
    return detect(text, hint) or UNKNOWN
