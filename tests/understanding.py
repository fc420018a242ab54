"""`python -m tests.understanding [NAME …] [--data ../shared/data]`: how well the bot understands, beside what was promised.

Learns from one part of the files and is measured on another that it has not seen. Nothing is chosen by what is reported here.
Leaves with 1 when a promise is missed, and with 0 and a notice where the files are not there.
"""

import argparse
import itertools
import pathlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.autoreply.understanding import encoder, evaluating, folds, learning, reading
from bot.autoreply.understanding.model import Model
from bot.autoreply.understanding.space import unit
from bot.autoreply.understanding.values import Example, Kind

ENGLISH, FRENCH = "banking77-train.csv", "banking77-french-train.csv"
CHATTER = "tweet-sentiment-english.csv"
KNOWN, KEPT = 50, 0.8


@dataclass(frozen=True, slots=True)
class Figure:
    """One promise: what was measured, and what at least (or, with `is_most`, at most) it should be."""

    name: str
    value: float
    promised: float
    is_most: bool = False

    @property
    def is_kept(self) -> bool:
        return self.value <= self.promised if self.is_most else self.value >= self.promised


Examples = Sequence[Example]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.understanding", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(GOALS)}; all when none is given")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("../shared/data"))
    given = parser.parse_args()
    if not (given.data / ENGLISH).is_file():
        print(f"{given.data} has no {ENGLISH}: nothing is measured.")
        return 0
    encoder.shared().load()
    kept = True
    for name in given.names or GOALS:
        for figure in GOALS[name](given.data):
            sign, verdict = "≤" if figure.is_most else "≥", "kept" if figure.is_kept else "MISSED"
            print(f"{figure.name:58} {figure.value:8.2f}   {sign} {figure.promised:6.2f}   {verdict}", flush=True)
            kept = kept and figure.is_kept
    return 0 if kept else 1


def english(data: pathlib.Path) -> Iterator[Figure]:
    yield from _all_examples("English", _read(data, ENGLISH), 93.4, 90.0)


def french(data: pathlib.Path) -> Iterator[Figure]:
    yield from _all_examples("French", _read(data, FRENCH), 90.5, 0.0)


def ten(data: pathlib.Path) -> Iterator[Figure]:
    """Ten examples a label, chosen without a look at them."""
    taught, asked = _parted(_read(data, ENGLISH))
    chosen = [one for _, group in itertools.groupby(sorted(taught, key=_label), _label) for one in list(group)[:10]]
    figures = evaluating.evaluate(_learnt(chosen), asked).figures
    yield Figure("ten examples a label: accuracy, %", 100 * figures["accuracy"], 84.5)


def across(data: pathlib.Path) -> Iterator[Figure]:
    """Taught in English, asked in French; what was asked was not taught in the other language either."""
    english, (_, asked) = _read(data, ENGLISH), _parted(_read(data, FRENCH))
    originals = _originals(asked, english)
    taught = [one for number, one in enumerate(english) if number not in originals]
    figures = evaluating.evaluate(_learnt(taught), asked).figures
    yield Figure("taught in English, asked in French: accuracy, %", 100 * figures["accuracy"], 78.0)


def unknown(data: pathlib.Path) -> Iterator[Figure]:
    """Fifty labels are taught. How sure it must be is set so that four fifths of unseen examples of them are answered."""
    examples = _read(data, ENGLISH)
    labels = sorted({one.label for one in examples})
    known = {labels[place] for place in np.random.default_rng(0).permutation(len(labels))[:KNOWN]}
    taught, asked = _parted([one for one in examples if one.label in known])
    model = _learnt(taught)
    least = float(np.quantile(_sure(model, asked), 1 - KEPT))
    siblings = _sure(model, [one for one in examples if one.label not in known])
    yield Figure(
        "questions of kinds that were never taught: answered, %",
        100 * float(np.mean(siblings >= least)),
        15.0,
        is_most=True,
    )
    chatter = _sure(model, reading.read(data / CHATTER).examples)
    yield Figure("chatter: answered, %", 100 * float(np.mean(chatter >= least)), 2.0, is_most=True)


def _all_examples(language: str, examples: Examples, accuracy: float, coverage: float) -> Iterator[Figure]:
    """Four fifths are taught, the last fifth is asked."""
    taught, asked = _parted(examples)
    begun = time.perf_counter()
    model = _learnt(taught)
    seconds = time.perf_counter() - begun
    figures = evaluating.evaluate(model, asked).figures
    yield Figure(f"{language}: accuracy, %", 100 * figures["accuracy"], accuracy)
    yield Figure(
        f"{language}: answered when right 97 times in 100 is asked, %", 100 * figures["coverage_at"]["0.97"], coverage
    )
    yield Figure(f"{language}: of those rightly, %", 100 * (figures["precision_at"]["0.97"] or 0), 96.5)
    yield Figure(f"{language}: learning {len(taught):,} examples, s", seconds, 60, is_most=True)
    yield Figure(f"{language}: one message, ms", figures["milliseconds_per_message"], 6, is_most=True)


def _originals(asked: Examples, english: Examples) -> set[int]:
    """For each question in French the likeliest original among the English examples of its label."""
    theirs, ours = (encoder.shared().encode([one.text for one in these]).sentence for these in (asked, english))
    near = unit(theirs - theirs.mean(axis=0)) @ unit(ours - ours.mean(axis=0)).T
    labels = np.array([one.label for one in english])
    return {int(np.where(labels == one.label, row, -2).argmax()) for one, row in zip(asked, near, strict=True)}


def _parted(examples: Examples) -> tuple[list[Example], list[Example]]:
    """Four fifths, and one."""
    put_aside = set(folds.parts(examples, 5)[0].tolist())
    return (
        [one for number, one in enumerate(examples) if number not in put_aside],
        [one for number, one in enumerate(examples) if number in put_aside],
    )


def _read(data: pathlib.Path, name: str) -> Examples:
    return reading.distinct(reading.read(data / name).examples).examples


def _label(example: Example) -> str:
    return example.label


def _learnt(examples: Examples) -> Model:
    return learning.learn(Kind.INTENT, examples, lambda _done, _stage: None)


def _sure(model: Model, examples: Examples) -> np.ndarray:
    return np.concatenate([
        model.scorer.score([one.text for one in examples[start : start + 256]]).max(axis=1)
        for start in range(0, len(examples), 256)
    ])  # fmt: skip


GOALS: dict[str, Callable[[pathlib.Path], Iterator[Figure]]] = {
    "english": english, "french": french, "ten": ten, "across": across, "unknown": unknown,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
