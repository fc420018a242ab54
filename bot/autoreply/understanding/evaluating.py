"""A model and a file of examples → everything that is said about the two."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.autoreply.understanding import measuring, speech
from bot.autoreply.understanding.model import Model
from bot.autoreply.understanding.reading import Fault
from bot.autoreply.understanding.recipe import Scores
from bot.autoreply.understanding.values import Example

_TIMED = 200
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`figures` go out as they are; `confused` are the pairs that are confused most, and how often."""

    figures: dict[str, Any]
    confused: list[tuple[str, str, int]]
    faults: tuple[Fault, ...]


def evaluate(model: Model, examples: Sequence[Example]) -> Evaluation:
    """What `model` is worth on examples, all of which count, also those with a label that it was never taught."""
    texts = [example.text for example in examples]
    columns = {label: number for number, label in enumerate(model.labels)}
    meant = np.array([columns.get(example.label, -1) for example in examples], np.int64)
    scores = _scores(model, texts)
    least = {target: model.threshold(target) for target in measuring.PROMISED}
    spoken = np.array([speech.language(text) for text in texts])
    figures = measuring.figures(scores, model.labels, meant, least) | {
        "by_language": {
            str(language): _short(measuring.figures(scores[chosen], model.labels, meant[chosen], least))
            for language in np.unique(spoken) if (chosen := spoken == language).any()
        },
        "milliseconds_per_message": _milliseconds(model, texts),
        "version": model.version,
    }  # fmt: skip
    faults = tuple(
        Fault(example.line, f"{example.label!r} is no label that was taught; it counts as wrong")
        for example in examples if example.label not in columns
    )  # fmt: skip
    return Evaluation(figures, measuring.confusions(scores, model.labels, meant), faults)


def _scores(model: Model, texts: Sequence[str]) -> Scores:
    parts = [model.scorer.score(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
    return np.concatenate(parts) if parts else np.empty((0, len(model.labels)), np.float32)


def _short(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figures.items() if name != "per_label"}


def _milliseconds(model: Model, texts: Sequence[str]) -> float:
    """The median over messages that come one by one, as they do to a desk: of one core, whatever else the machine does."""
    taken = []
    for text in texts[:: max(len(texts) // _TIMED, 1)][:_TIMED]:
        begun = time.thread_time()
        model.scorer.score([text])
        taken.append(time.thread_time() - begun)
    return 1000 * statistics.median(taken) if taken else 0.0
