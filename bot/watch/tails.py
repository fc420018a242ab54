"""How surprising a count is."""

import math

_SMALLEST = 1e-9
_ENOUGH = 1e-12


def surprise(count: int, expected: float) -> float:
    """−log10 of the probability that a Poisson variable of mean `expected` reaches `count`; 0 where it is not above its mean.

    3 is one in a thousand. The tail is summed from its first term, so that it does not round to nothing.
    """
    mean = max(expected, _SMALLEST)
    if count <= mean:
        return 0.0
    first = -mean + count * math.log(mean) - math.lgamma(count + 1)
    total, term, reached = 1.0, 1.0, count
    while term > _ENOUGH * total:
        reached += 1
        term *= mean / reached
        total += term
    return max(0.0, -(first + math.log(total)) / math.log(10))
