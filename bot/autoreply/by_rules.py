"""What rules alone can say of a message, where nothing was trained. Intents then come from examples, word by word."""

from collections.abc import Sequence

from bot.autoreply.understanding.values import Decision, Understanding, Urgency
from bot.desk import language

VERSION = "rules"


class ByRules:
    """An understander without a model."""

    def understand(self, texts: Sequence[str], hints: Sequence[str] = ()) -> list[Understanding]:
        """What each text's words show by themselves."""
        known = [*hints, *[""] * (len(texts) - len(hints))]
        return [_of(text, hint) for text, hint in zip(texts, known, strict=True)]


def _of(text: str, hint: str) -> Understanding:
    told = language.detect(text, hint) or "unknown"
    return Understanding(told, "", 0.0, Decision.HAND_OVER, "", 0.0, Urgency.NORMAL, (), VERSION)
