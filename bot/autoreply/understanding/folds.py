"""Who is examined by whom: each example is put aside once, and what is learnt from the others is asked about it."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding.values import Example

Part = NDArray[np.int64]


def parts(examples: Sequence[Example], count: int) -> list[Part]:
    """The rows of `examples` in `count` parts, each label spread evenly over them; the same examples, the same parts.

    The same text is in one part only, whoever wrote it how often: otherwise it would be asked what it was told.
    """
    dealt: dict[str, int] = {}
    by_text: dict[str, int] = {}
    chosen = np.empty(len(examples), np.int64)
    for row in sorted(range(len(examples)), key=lambda row: _shuffled(examples[row])):
        example = examples[row]
        words = example.text.casefold().strip()
        if words not in by_text:
            turn = dealt.setdefault(example.label, len(dealt))  # each label begins at another part
            by_text[words] = turn % count
            dealt[example.label] = turn + 1
        chosen[row] = by_text[words]
    return [part for number in range(count) if len(part := np.flatnonzero(chosen == number))]


def _shuffled(example: Example) -> tuple[bytes, str]:
    return hashlib.blake2b(f"{example.label}\0{example.text}".encode(), digest_size=8).digest(), example.text
