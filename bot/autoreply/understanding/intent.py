"""The scorer of intents: likeness to what was taught, where the encoder is at hand, and words and pieces of words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding import blas, speech
from bot.autoreply.understanding.encoder import Encoder, shared
from bot.autoreply.understanding.kernel import Kernel
from bot.autoreply.understanding.linear import Linear
from bot.autoreply.understanding.mixing import Mix
from bot.autoreply.understanding.ngrams import Ngrams
from bot.autoreply.understanding.recipe import Parts, Scores
from bot.autoreply.understanding.space import Space

RECIPE = "kernel-and-words-3"


@dataclass(frozen=True, slots=True)
class Alike:
    """What needs the encoder. `taught` are the languages that the examples were written in."""

    encoder: Encoder
    space: Space
    kernel: Kernel
    taught: tuple[str, ...]

    def score(self, texts: Sequence[str], spoken: Sequence[str]) -> Scores:
        return self.kernel.score(self.space.place(self.encoder.encode(texts), spoken))

    def foreign(self, spoken: Sequence[str]) -> list[int]:
        """Which texts are in a language of ours, of which no word was taught."""
        return [row for row, one in enumerate(spoken) if one in self.space.languages and one not in self.taught]


@dataclass(frozen=True, slots=True)
class IntentScorer:
    """`alike` is missing where it was taught without the encoder."""

    labels: tuple[str, ...]
    ngrams: Ngrams
    linear: Linear
    mix: Mix
    alike: Alike | None

    def is_whole(self) -> bool:
        return self.alike is None or self.alike.encoder.is_ready

    def score(self, texts: Sequence[str]) -> Scores:
        if not texts:
            return np.empty((0, len(self.labels)), np.float32)
        words = np.stack([self.linear.score(self.ngrams.row(text)) for text in texts])
        if self.alike is None or not self.alike.encoder.is_ready:
            return self.mix.alone(words)
        spoken = [speech.language(text) for text in texts]
        words[self.alike.foreign(spoken)] = self.mix.little[1]  # words of another language say nothing, for or against
        with blas.one():
            return self.mix.both(self.alike.score(texts, spoken), words)

    def parts(self) -> Parts:
        known = np.frombuffer("\n".join(self.ngrams.known).encode(), np.uint8)
        arrays: dict[str, NDArray[np.generic]] = {
            "known": known, "rarity": self.ngrams.rarity,
            "word_weights": self.linear.weights, "word_offsets": self.linear.offsets,
        }  # fmt: skip
        notes: dict[str, object] = {"mix": asdict(self.mix), "languages": [], "taught": []}
        if self.alike:
            space, kernel = self.alike.space, self.alike.kernel
            notes |= {"languages": list(space.languages), "taught": list(self.alike.taught)}
            arrays |= {
                "centres": space.centres, "spreads": space.spreads, "turn": space.turn,
                "points": kernel.points.astype(np.float16), "weights": kernel.weights.astype(np.float16),
            }  # fmt: skip
        return Parts(arrays, notes)


def restore(parts: Parts, labels: tuple[str, ...]) -> IntentScorer:
    of = parts.arrays
    ngrams = Ngrams(of["known"].tobytes().decode().split("\n"), of["rarity"])
    mix = Mix(**{**parts.notes["mix"], "little": tuple(parts.notes["mix"]["little"])})
    alike = _alike(parts) if "points" in of else None
    return IntentScorer(labels, ngrams, Linear(of["word_weights"], of["word_offsets"]), mix, alike)


def _alike(parts: Parts) -> Alike:
    of = parts.arrays
    space = Space(tuple(parts.notes["languages"]), of["centres"], of["spreads"], of["turn"])
    kernel = Kernel(of["points"].astype(np.float32), of["weights"].astype(np.float32))
    return Alike(shared(), space, kernel, tuple(parts.notes["taught"]))
