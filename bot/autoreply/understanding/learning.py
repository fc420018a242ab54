"""Examples in, a model out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot import errors
from bot.autoreply.understanding import keeping, measuring, thresholds
from bot.autoreply.understanding.model import Model
from bot.autoreply.understanding.recipe import Learnt, Told
from bot.autoreply.understanding.recipes import RECIPES, THOROUGH
from bot.autoreply.understanding.values import Example, Guess, Kind


@dataclass(frozen=True, slots=True)
class Studied:
    """A model, and what others of its kind said of each example that they had not been shown, as the examples came."""

    model: Model
    unseen: tuple[Guess, ...]


def learn(kind: Kind, examples: Sequence[Example], told: Told, *, is_thorough: bool = False) -> Model:
    """The same examples make the same model, to the last bit. Raises Invalid when there is nothing to tell apart."""
    return study(kind, examples, told, is_thorough=is_thorough).model


def study(kind: Kind, examples: Sequence[Example], told: Told, *, is_thorough: bool = False) -> Studied:
    """The same, with what was measured of each example."""
    counts = Counter(example.label for example in examples)
    if len(counts) < 2:
        raise errors.Invalid(
            f"There is nothing to tell apart: {len(counts)} label{'s' * (len(counts) != 1)} in the examples, and two are needed."
        )
    recipe = (THOROUGH if is_thorough else RECIPES)[kind]
    learnt = recipe.train(examples, told)
    labels = {label: number for number, label in enumerate(learnt.scorer.labels)}
    meant = np.array([labels[example.label] for example in examples], np.int64)
    curve, without = thresholds.points(learnt.unseen, meant), thresholds.points(learnt.without, meant)
    figures = _figures(learnt, meant, curve)
    told(1.0, "done")
    model = keeping.versioned(Model(kind, recipe.name, learnt.scorer, curve, without, figures, ""))
    return Studied(model, tuple(_likeliest(row, model.labels) for row in learnt.unseen))


def _likeliest(row: np.ndarray[Any, Any], labels: Sequence[str]) -> Guess:
    best = int(row.argmax())
    return Guess(labels[best], float(row[best]))


def _figures(learnt: Learnt, meant: np.ndarray[Any, Any], curve: tuple[thresholds.Point, ...]) -> dict[str, Any]:
    least = {target: thresholds.at(curve, target).threshold for target in measuring.PROMISED}
    found = measuring.figures(learnt.unseen, learnt.scorer.labels, meant, least)
    pairs = measuring.confusions(learnt.unseen, learnt.scorer.labels, meant)
    return found | {"confused": [list(pair) for pair in pairs]}
