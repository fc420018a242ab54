"""What was learnt, with what it is worth: a scorer and how sure it must be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding import thresholds
from bot.autoreply.understanding.recipe import Scorer, Scores
from bot.autoreply.understanding.thresholds import Point
from bot.autoreply.understanding.values import Decision, Guess, Kind, Prediction

WORTH_A_LOOK = 0.3  # an agent is shown what is likelier than this
_RANKED = 3


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of understanding, as it was trained.

    `curve` says how sure is sure enough, `curve_without` the same for as long as the encoder is not at hand. `figures` were
    measured on examples that it had not seen. `version` stands for every number in it.
    """

    kind: Kind
    recipe: str
    scorer: Scorer
    curve: tuple[Point, ...]
    curve_without: tuple[Point, ...]
    figures: Mapping[str, Any]
    version: str

    @property
    def labels(self) -> tuple[str, ...]:
        return self.scorer.labels

    def predict(self, texts: Sequence[str], target: float = thresholds.USUAL / 100) -> list[Prediction]:
        """What each text means, and what may be done with that when it must be right `target` of the times."""
        return self.judge(texts, self.scorer.score(texts), target)

    def judge(self, texts: Sequence[str], scores: Scores, target: float) -> list[Prediction]:
        """The same, of scores that are there already. A text without a single letter or number is a person's affair."""
        least = self.threshold(target)
        return [
            self._prediction(row, least, is_said=any(map(str.isalnum, text)))
            for text, row in zip(texts, scores, strict=True)
        ]

    def threshold(self, target: float) -> float:
        """How sure it must be now, to be right `target` of the times."""
        return thresholds.at(self.curve if self.scorer.is_whole() else self.curve_without, target).threshold

    def _prediction(self, row: NDArray[np.float32], least: float, *, is_said: bool) -> Prediction:
        best = np.argsort(-row, kind="stable")[:_RANKED]
        ranked = tuple(Guess(self.labels[place], float(row[place])) for place in best)
        first = ranked[0]
        decision = _decision(first.probability, least) if is_said else Decision.HAND_OVER
        return Prediction(first.label, first.probability, decision, ranked)


def _decision(probability: float, least: float) -> Decision:
    if probability >= least:
        return Decision.ANSWER
    return Decision.SUGGEST if probability >= WORTH_A_LOOK else Decision.HAND_OVER
