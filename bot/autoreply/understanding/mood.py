"""The scorer of moods: voices that each heard something else (words, tone, meaning), and what they say together.

Each language may have a choir of its own; what is written in no language that has one is heard by the common choir.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding import blas, deep, encoder, speech, tone, voices
from bot.autoreply.understanding.kernel import Kernel
from bot.autoreply.understanding.mixing import softmax
from bot.autoreply.understanding.ngrams import Ngrams
from bot.autoreply.understanding.recipe import Parts, Scores
from bot.autoreply.understanding.space import unit
from bot.autoreply.understanding.voices import DEEP, MIDDLE, SENTENCE, TONE, Echo, Range, Views, Voice

RECIPE = "voices-1"
COMMON = "common"


@dataclass(frozen=True, slots=True)
class Choir:
    """`heats` by how many voices can be heard: what makes the probabilities as sure as they are right."""

    ngrams: Ngrams
    ranges: Mapping[str, Range]
    voices: tuple[Voice | Echo, ...]
    heats: Mapping[int, float]

    def score(self, texts: Sequence[str], views: Views) -> Scores:
        placed = self.placed(views)
        words = [self.ngrams.row(text) for text in texts]
        said = [voice.say(words, placed) for voice in self.voices if voices.can_say(voice, views)]
        return together(said, self.heats[len(said)])

    def placed(self, views: Views) -> Views:
        """The views as the voices know them: vectors of length 1, and the tone as it is."""
        placed = {name: place.place(views[name]) for name, place in self.ranges.items() if name in views}
        return {name: rows if name == TONE else unit(rows) for name, rows in placed.items()}


def together(said: Sequence[Scores], heat: float) -> Scores:
    """The mean of what the voices say, made surer or less sure."""
    return softmax(heat * np.log(np.mean(said, axis=0) + 1e-9))


def see(texts: Sequence[str], *, is_deep: bool) -> Views:
    """Every view of tidy texts but their words, as far as the encoders are at hand."""
    views = {TONE: np.stack([tone.features(text) for text in texts])}
    if encoder.shared().is_ready:
        vectors = encoder.shared().encode(texts)
        views |= {SENTENCE: vectors.sentence, MIDDLE: vectors.middle}
        if is_deep and deep.is_installed():
            views[DEEP] = deep.encode(texts)
    return views


@dataclass(frozen=True, slots=True)
class MoodScorer:
    """`choirs` by language; one of them is the common one. `needs`: the encoders that it was taught with."""

    labels: tuple[str, ...]
    choirs: Mapping[str, Choir]

    @property
    def is_deep(self) -> bool:
        return DEEP in self.choirs[COMMON].ranges

    def is_whole(self) -> bool:
        known = self.choirs[COMMON].ranges
        return (SENTENCE not in known or encoder.shared().is_ready) and (not self.is_deep or deep.is_installed())

    def score(self, texts: Sequence[str]) -> Scores:
        scores = np.empty((len(texts), len(self.labels)), np.float32)
        if not texts:
            return scores
        tidy = [tone.tidy(text) for text in texts]
        with blas.one():
            views = see(tidy, is_deep=self.is_deep)
            for name, rows in by_choir(tidy, self.choirs).items():
                choir = self.choirs[name]
                seen = {view: values[rows] for view, values in views.items() if view in choir.ranges}
                scores[rows] = choir.score([tidy[row] for row in rows], seen)
        return scores

    def parts(self) -> Parts:
        arrays: dict[str, NDArray[Any]] = {}
        notes: dict[str, Any] = {}
        for name, choir in self.choirs.items():
            own, notes[name] = _parts(choir)
            arrays |= {f"{name}.{key}": values for key, values in own.items()}
        return Parts(arrays, {"choirs": notes})


def by_choir(texts: Sequence[str], choirs: Mapping[str, object]) -> dict[str, NDArray[np.intp]]:
    """Which rows of `texts` each choir hears."""
    names = np.array([name if (name := speech.language(text)) in choirs else COMMON for text in texts])
    return {str(name): np.flatnonzero(names == name) for name in np.unique(names)}


def restore(parts: Parts, labels: tuple[str, ...]) -> MoodScorer:
    choirs = {}
    for name, notes in parts.notes["choirs"].items():
        beginning = f"{name}."
        own = {key.removeprefix(beginning): of for key, of in parts.arrays.items() if key.startswith(beginning)}
        choirs[name] = _choir(own, notes)
    return MoodScorer(labels, choirs)


def _parts(choir: Choir) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "known": np.frombuffer("\n".join(choir.ngrams.known).encode(), np.uint8),
        "rarity": choir.ngrams.rarity,
    }
    for view, place in choir.ranges.items():
        arrays |= {f"{view}.middle": place.middle, f"{view}.spread": place.spread}
    described: list[dict[str, Any]] = []
    for number, voice in enumerate(choir.voices):
        if isinstance(voice, Voice):
            arrays |= {f"{number}.{view}": weights for view, weights in voice.weights.items()}
            arrays[f"{number}.offsets"] = voice.offsets
            described.append({"views": list(voice.weights)})
        else:
            arrays[f"{number}.points"] = voice.kernel.points.astype(np.float16)
            arrays[f"{number}.weights"] = voice.kernel.weights
            described.append({"loudness": dict(voice.loudness)})
    heats = [choir.heats[count] for count in range(1, len(choir.voices) + 1)]
    return arrays, {"views": list(choir.ranges), "voices": described, "heats": heats}


def _choir(arrays: Mapping[str, NDArray[Any]], notes: Mapping[str, Any]) -> Choir:
    ngrams = Ngrams(arrays["known"].tobytes().decode().split("\n"), arrays["rarity"])
    ranges = {view: Range(arrays[f"{view}.middle"], arrays[f"{view}.spread"]) for view in notes["views"]}
    singers = tuple(_voice(number, voice, arrays) for number, voice in enumerate(notes["voices"]))
    return Choir(ngrams, ranges, singers, dict(enumerate(notes["heats"], 1)))


def _voice(number: int, notes: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Voice | Echo:
    if "views" in notes:
        return Voice({view: arrays[f"{number}.{view}"] for view in notes["views"]}, arrays[f"{number}.offsets"])
    return Echo(notes["loudness"], Kernel(arrays[f"{number}.points"].astype(np.float32), arrays[f"{number}.weights"]))
