"""How intents are learnt from examples: in one pass, with what it would have said of each example that it had not seen."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize  # type: ignore[import-untyped]  # it ships no types

from bot.autoreply.understanding import blas, encoder, folds, kernel_learning, linear_learning, speech
from bot.autoreply.understanding.encoder import Vectors
from bot.autoreply.understanding.folds import Part
from bot.autoreply.understanding.intent import RECIPE, Alike, IntentScorer
from bot.autoreply.understanding.kernel import Kernel
from bot.autoreply.understanding.mixing import Mix, shares
from bot.autoreply.understanding.ngrams import Ngrams
from bot.autoreply.understanding.recipe import Learnt, Told
from bot.autoreply.understanding.space import Space, centre
from bot.autoreply.understanding.values import Example
from bot.desk import starting
from bot.desk.language import DESK

Floats = NDArray[np.float32]

PARTS = 5
_BATCH = 512
_ENOUGH = 200  # texts of a language from which its mark is told; with fewer, the starter set tells it
_USUAL = np.log([12.0, 2.0])
_NOT_AT_ALL = -1.0  # what words say of a label that has nothing to do with them


class Intents:
    """The recipe."""

    name = RECIPE

    def train(self, examples: Sequence[Example], told: Told) -> Learnt:
        texts = [example.text for example in examples]
        labels = tuple(sorted({example.label for example in examples}))
        meant = np.array([labels.index(example.label) for example in examples])
        parts = folds.parts(examples, PARTS)
        told(0.02, "reading words")
        ngrams = Ngrams.learnt(texts)
        rows = linear_learning.matrix(ngrams, texts)
        told(0.1, "learning words")
        linear, words = linear_learning.learnt(rows, meant, len(labels), parts)
        if not encoder.shared().load():
            mix = _mixed(np.zeros_like(words), words, meant)
            return Learnt(IntentScorer(labels, ngrams, linear, mix, None), mix.alone(words), mix.alone(words))
        alike, likenesses = _alike(texts, _wanted(meant, len(labels)), parts, told)
        mix = _mixed(likenesses, words, meant)
        scorer = IntentScorer(labels, ngrams, linear, mix, alike)
        return Learnt(scorer, mix.both(likenesses, words), mix.alone(words))


def _wanted(meant: NDArray[np.int64], count: int) -> Floats:
    """What a scorer should say of each: 1 for its label, 0 for the others, less what all have in common."""
    return np.asarray(np.eye(count)[meant] - 1 / count, np.float32)


def _alike(texts: Sequence[str], wanted: Floats, parts: Sequence[Part], told: Told) -> tuple[Alike, Floats]:
    """The kernel machine in its space, and its scores of each text as if it had not been taught it."""
    with blas.one():
        vectors = _encoded(texts, told)
        spoken, centres = _centres(texts, vectors)
    told(0.75, "learning likeness")
    with blas.every():
        space = Space.of(vectors, spoken, centres)
        points = _kept(space.place(vectors, spoken))
        chosen = np.arange(len(texts))
        if len(texts) > kernel_learning.MOST:
            chosen = np.sort(np.random.default_rng(0).permutation(len(texts))[: kernel_learning.MOST])
        within = [np.flatnonzero(np.isin(chosen, part)) for part in parts]
        kernel, unseen = kernel_learning.learnt(points[chosen], wanted[chosen], [rows for rows in within if len(rows)])
        kernel = Kernel(kernel.points, _kept(kernel.weights))
        scores = kernel.score(points)
    scores[chosen] = unseen  # the others were not taught it anyway
    return Alike(encoder.shared(), space, kernel, tuple(sorted(set(spoken)))), scores


def _encoded(texts: Sequence[str], told: Told) -> Vectors:
    made = []
    for start in range(0, len(texts), _BATCH):
        told(0.3 + 0.45 * start / len(texts), "reading sentences")
        made.append(encoder.shared().encode(texts[start : start + _BATCH]))
    return Vectors(*(np.concatenate(each) for each in zip(*made, strict=True)))


def _centres(texts: Sequence[str], vectors: Vectors) -> tuple[list[str], dict[str, Floats]]:
    """The language of each text, and each language's mark; first that of the language that most are written in."""
    detected = [speech.language(text) for text in texts]
    many = Counter(language for language in detected if language in DESK)
    main = max(DESK, key=lambda language: many[language])
    learnt = [language for language in DESK if language == main or many[language] >= _ENOUGH]
    spoken = [language if language in learnt else main for language in detected]
    centres = {}
    for language in sorted(learnt, key=lambda language: language != main):
        own = np.array([each == language for each in spoken])
        centres[language] = centre(Vectors(vectors.sentence[own], vectors.middle[own]))
    for language in DESK:
        if language not in centres:
            centres[language] = centres[main] + _mark(language) - _mark(main)
    return spoken, centres


def _mark(language: str) -> Floats:
    """The centre of the starter set in a language: it says the same in each."""
    return centre(encoder.shared().encode([text for one in starting.read() for text in one.examples[language]]))


def _kept(rows: Floats) -> Floats:
    """As they will be when they were kept in half precision: what was just learnt and what is read again score alike."""
    return rows.astype(np.float16).astype(np.float32)


def _mixed(likenesses: Floats, words: Floats, meant: NDArray[np.int64]) -> Mix:
    """The mix under which what was meant is likeliest; `likenesses` and `words` are of examples that were not taught.

    Who shows half of what an example shows for its own label, counted from nothing at all, shows too little.
    """
    own = range(len(meant)), meant
    little = round(float(likenesses[own].mean()) / 2, 3), round((float(words[own].mean()) + _NOT_AT_ALL) / 2, 3)
    together = _weights(likenesses, words, meant, little)
    return Mix(*together, _weights(np.zeros_like(words), words, meant, little)[1], little)


def _weights(
    likenesses: Floats, words: Floats, meant: NDArray[np.int64], little: tuple[float, float]
) -> tuple[float, float]:
    """A few examples do not move them far from the usual."""

    def missed(logs: NDArray[np.float64]) -> float:
        first, second = np.exp(logs)
        said = shares(likenesses, words, (first, second), little)[range(len(meant)), meant]
        return float(-np.log(said + 1e-9).mean() + ((logs - _USUAL) ** 2).sum() / len(meant))

    first, second = np.exp(optimize.minimize(missed, _USUAL, method="Nelder-Mead", options={"xatol": 1e-2}).x)
    return round(float(first), 3), round(float(second), 3)
