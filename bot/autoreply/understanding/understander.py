"""Texts in, understandings out, by whatever models there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.autoreply.understanding import dangers, speech, urgency
from bot.autoreply.understanding.model import Model
from bot.autoreply.understanding.thresholds import USUAL
from bot.autoreply.understanding.values import Decision, Guess, Prediction, Understanding

_NOTHING = Prediction("", 0.0, Decision.HAND_OVER, ())


@dataclass(frozen=True, slots=True)
class Understander:
    """Used by several threads at once; blocking, so call it in a thread.

    `target`: an intent may be answered when it is right so many times of 1.
    """

    intent: Model | None
    mood: Model | None
    target: float = USUAL / 100

    def understand(self, texts: Sequence[str], hints: Sequence[str] = ()) -> list[Understanding]:
        """What each of `texts` means; `hints` are the languages that their conversations were in so far, "" where unknown."""
        known = [*hints, *[""] * (len(texts) - len(hints))]
        intents, moods = (self._predicted(model, texts) for model in (self.intent, self.mood))
        version = self.version
        return [
            _understood(text, hint, intent, mood, version)
            for text, hint, intent, mood in zip(texts, known, intents, moods, strict=True)
        ]

    @property
    def version(self) -> str:
        """What understands now: each model's version, and a minus where its encoder is not at hand."""
        return " ".join(
            f"{model.kind}:{model.version}{'' if model.scorer.is_whole() else '-'}"
            for model in (self.intent, self.mood) if model
        )  # fmt: skip

    def _predicted(self, model: Model | None, texts: Sequence[str]) -> Sequence[Prediction]:
        return model.predict(texts, self.target) if model else [_NOTHING] * len(texts)


def _understood(text: str, hint: str, intent: Prediction, mood: Prediction, version: str) -> Understanding:
    signs = dangers.signs(text)
    ranked: tuple[Guess, ...] = intent.ranked
    return Understanding(
        language=speech.language(text, hint), intent=intent.label, intent_probability=intent.probability,
        decision=Decision.HAND_OVER if signs else intent.decision, mood=mood.label, mood_probability=mood.probability,
        urgency=urgency.of(text, mood.label, signs), dangers=signs, version=version, suggestions=ranked,
    )  # fmt: skip
