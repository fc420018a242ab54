"""What rules alone can say of a message, where nothing was trained. Intents then come from examples, word by word."""

from collections.abc import Sequence

from bot.autoreply.understanding import dangers, speech, urgency
from bot.autoreply.understanding.values import Decision, Understanding

VERSION = "rules"


class ByRules:
    """An understander without a model."""

    def understand(self, texts: Sequence[str], hints: Sequence[str] = ()) -> list[Understanding]:
        """What each text's words show by themselves: its language, signs of danger, and how urgent it is."""
        known = [*hints, *[""] * (len(texts) - len(hints))]
        return [_of(text, hint) for text, hint in zip(texts, known, strict=True)]


def _of(text: str, hint: str) -> Understanding:
    signs = dangers.signs(text)
    told = speech.language(text, hint)
    return Understanding(told, "", 0.0, Decision.HAND_OVER, "", 0.0, urgency.of(text, "", signs), signs, VERSION)
