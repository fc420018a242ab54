"""Which texts ask the same: each joins the group that it resembles most, or begins one.

The encoder tells how alike they are; without it there are no groups.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.autoreply.understanding import encoder

NEAR = 0.5  # cosine to a group's middle: of the starter set, shuffled, nine in ten of a group then belong together
LEAST = 3  # texts that make a group


def groups(texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Places of texts, the largest group first."""
    if not texts or not encoder.shared().is_ready:
        return ()
    found = [group for group in _led(encoder.shared().encode(texts).sentence) if len(group) >= LEAST]
    return tuple(sorted(map(tuple, found), key=lambda group: (-len(group), group)))


def _led(vectors: NDArray[np.float32]) -> list[list[int]]:
    """One pass: the sum of a group's vectors leads it."""
    leaders, found = list[NDArray[np.float32]](), list[list[int]]()
    for place, vector in enumerate(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)):
        likeness = [float(vector @ leader / np.linalg.norm(leader)) for leader in leaders]
        best = int(np.argmax(likeness)) if likeness else -1
        if best >= 0 and likeness[best] >= NEAR:
            leaders[best] = leaders[best] + vector
            found[best].append(place)
        else:
            leaders.append(vector)
            found.append([place])
    return found
