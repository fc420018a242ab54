"""How moods are learnt: a voice for each way of hearing, a choir for each language that has examples enough."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse  # type: ignore[import-untyped]  # it ships no types

from bot.autoreply.understanding import (
    blas,
    encoder,
    folds,
    kernel_learning,
    linear_learning,
    mood,
    speech,
    tone,
    voices,
)
from bot.autoreply.understanding.kernel import Kernel
from bot.autoreply.understanding.mixing import softmax
from bot.autoreply.understanding.mood import Choir, MoodScorer
from bot.autoreply.understanding.ngrams import Ngrams
from bot.autoreply.understanding.recipe import Learnt, Scores, Told
from bot.autoreply.understanding.regression_learning import Numbers, Regression, Rows
from bot.autoreply.understanding.values import Example
from bot.autoreply.understanding.voices import DEEP, MIDDLE, SENTENCE, TONE, WORDS, Echo, Range, Views, Voice
from bot.desk.language import DESK

PARTS = 5
_ENOUGH = 300  # examples of a language, for a choir of its own
_OF_EACH = 30
_LEAST_SPREAD = 1e-3
_HEATS = (0.3, 4.0)

# What each voice hears and how loud, and how freely it may learn: chosen by five-fold examination of tweets in both languages.
# What needs more comes later: those that can be heard are always the first so many.
_VOICES = (
    ({WORDS: 2.0, TONE: 0.2}, 1.0),
    ({SENTENCE: 1.0, MIDDLE: 1.0}, 1.0),
    ({WORDS: 1.0, SENTENCE: 1.5, MIDDLE: 1.5, TONE: 0.2}, 0.7),
    ({DEEP: 1.0}, 0.6),
    ({WORDS: 1.0, SENTENCE: 1.5, MIDDLE: 1.5, DEEP: 2.0, TONE: 0.2}, 0.5),
)
_ECHOES: tuple[dict[str, float], ...] = ({DEEP: 1.0}, {DEEP: 1.3, SENTENCE: 1.0, MIDDLE: 1.0})
_RIDGE = 0.7


class Moods:
    """The recipe. Thoroughly: with the second encoder, where that is installed."""

    name = mood.RECIPE

    def __init__(self, *, is_thorough: bool = False) -> None:
        self.is_thorough = is_thorough

    def train(self, examples: Sequence[Example], told: Told) -> Learnt:
        labels = tuple(sorted({example.label for example in examples}))
        meant = np.array([labels.index(example.label) for example in examples])
        texts = [tone.tidy(example.text) for example in examples]
        encoder.shared().load()
        with blas.one():
            views = _seen(texts, told, is_deep=self.is_thorough)
            lessons = _Lessons(texts, meant, len(labels), views, folds.parts(examples, PARTS))
            choirs = _choirs(lessons, told)
        scorer = MoodScorer(labels, {name: choir for name, (choir, _) in choirs.items()})
        unseen, without = (
            np.empty((len(texts), len(labels)), np.float32),
            np.empty((len(texts), len(labels)), np.float32),
        )
        for name, rows in mood.by_choir(texts, choirs).items():
            choir, said = choirs[name]
            unseen[rows] = mood.together([each[rows] for each in said], choir.heats[len(said)])
            without[rows] = mood.together([said[0][rows]], choir.heats[1])
        return Learnt(scorer, unseen, without)


@dataclass(frozen=True, slots=True)
class _Lessons:
    """All there is to learn from. `parts`: which rows are examined together."""

    texts: Sequence[str]
    meant: NDArray[np.intp]
    labels: int
    views: Views
    parts: Sequence[folds.Part]

    @property
    def wanted(self) -> Numbers:
        return np.eye(self.labels)[self.meant]


def _seen(texts: Sequence[str], told: Told, *, is_deep: bool) -> Views:
    made = []
    for start in range(0, len(texts), 64):
        told(0.5 * start / len(texts), "reading sentences")
        made.append(mood.see(texts[start : start + 64], is_deep=is_deep))
    return {name: np.concatenate([each[name] for each in made]) for name in made[0]}


def _choirs(lessons: _Lessons, told: Told) -> dict[str, tuple[Choir, list[Scores]]]:
    """By language, each with what its voices said of every row that they had not heard."""
    spoken = np.array([speech.language(text) for text in lessons.texts])
    own = {name: np.flatnonzero(spoken == name) for name in DESK}
    own = {name: rows for name, rows in own.items() if _is_enough(lessons.meant[rows], lessons.labels)}
    chosen = {mood.COMMON: np.arange(len(spoken)), **(own if len(own) > 1 else {})}
    choirs = {}
    for number, (name, rows) in enumerate(chosen.items()):
        told(0.5 + 0.5 * number / len(chosen), f"learning moods: {name}")
        choirs[name] = _learnt(lessons, rows)
    return choirs


def _is_enough(meant: NDArray[np.intp], labels: int) -> bool:
    many = Counter(meant.tolist())
    return len(meant) >= _ENOUGH and all(many[label] >= _OF_EACH for label in range(labels))


def _learnt(lessons: _Lessons, rows: NDArray[np.intp]) -> tuple[Choir, list[Scores]]:
    """A choir that has heard `rows`, and the scores of its voices for all rows: for `rows` as if they had not been heard."""
    ngrams = Ngrams.learnt([lessons.texts[row] for row in rows])
    ranges = {name: _range(values[rows]) for name, values in lessons.views.items()}
    placed = Choir(ngrams, ranges, (), {}).placed(lessons.views)
    words = linear_learning.matrix(ngrams, lessons.texts)
    made: list[tuple[Voice | Echo, Scores]] = []
    for loudness, freedom in _VOICES:
        if all(name == WORDS or name in placed for name in loudness):
            heard = _heard(words, placed, loudness)
            model = Regression.fitted([each[rows] for each in heard], lessons.wanted[rows], freedom)
            made.append((_voice(model, loudness), _examined(heard, lessons, rows, freedom, model)))
    made += [_echo(lessons, placed, rows, loudness) for loudness in _ECHOES if placed.keys() >= loudness.keys()]
    said = [scores for _, scores in made]
    heats = {count: _heat(said[:count], lessons.meant, rows) for count in range(1, len(made) + 1)}
    return Choir(ngrams, ranges, tuple(voice for voice, _ in made), heats), said


def _range(rows: NDArray[np.float32]) -> Range:
    return Range(rows.mean(axis=0), rows.std(axis=0) + np.float32(_LEAST_SPREAD))


def _echo(
    lessons: _Lessons, placed: Views, rows: NDArray[np.intp], loudness: Mapping[str, float]
) -> tuple[Echo, Scores]:
    points = voices.beside(placed, loudness).astype(np.float16).astype(np.float32)  # as it will be kept
    taught = rows[: kernel_learning.MOST]
    wanted = (lessons.wanted[taught] - 1 / lessons.labels).astype(np.float32)
    parts = [found for part in lessons.parts if len(found := np.flatnonzero(np.isin(taught, part)))]
    kernel, unseen = kernel_learning.learnt(points[taught], wanted, parts, _RIDGE)
    scores = kernel.score(points)
    scores[taught] = unseen
    return Echo(loudness, Kernel(kernel.points, kernel.weights)), softmax(voices.SURE * scores)


def _heard(words: sparse.csr_array, placed: Views, loudness: Mapping[str, float]) -> list[Rows]:
    """What one voice hears, view by view."""
    return [(words if name == WORDS else placed[name].astype(np.float64)) * loud for name, loud in loudness.items()]


def _voice(model: Regression, loudness: Mapping[str, float]) -> Voice:
    """The model as a voice that hears each view as loud as it was taught."""
    weights: dict[str, NDArray[np.floating[Any]]] = {
        name: (weights * loud).astype(np.float16 if name == WORDS else np.float32)
        for weights, (name, loud) in zip(model.weights, loudness.items(), strict=True)
    }
    return Voice(weights, model.offsets.astype(np.float32))


def _examined(
    heard: Sequence[Rows], lessons: _Lessons, rows: NDArray[np.intp], freedom: float, model: Regression
) -> Scores:
    """What the voice says of all rows; of `rows` part by part, having heard the other parts alone."""
    scores = model.scores(heard)
    for part in lessons.parts:
        asked, taught = np.intersect1d(rows, part), np.setdiff1d(rows, part)
        if len(asked) and len(taught):
            examined = Regression.fitted([each[taught] for each in heard], lessons.wanted[taught], freedom)
            scores[asked] = examined.scores([each[asked] for each in heard])
    return softmax(scores.astype(np.float32))


def _heat(said: Sequence[Scores], meant: NDArray[np.intp], rows: NDArray[np.intp]) -> float:
    """Under which what the voices say together is likeliest to be what was meant."""
    own = [each[rows] for each in said]

    def missed(heat: float) -> float:
        return float(-np.log(mood.together(own, heat)[range(len(rows)), meant[rows]] + 1e-9).mean())

    return round(float(optimize.minimize_scalar(missed, bounds=_HEATS, method="bounded").x), 3)
