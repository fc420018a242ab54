"""Card numbers in folded text: the right length for an issuer's prefix, and a sum that Luhn accepts.

A number in one piece is searched at every place, because people paste a card together with its expiry date and its code.
One in groups is searched from group to group only: order numbers, dates and phone numbers standing side by side are no card.
"""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

# Who issues, by which prefixes, how long. 13 digits without issuer are a barcode, a phone number, a moment in milliseconds.
ISSUERS = (
    ("visa", "4", (16, 13, 19)),
    ("mastercard", "5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),
    ("amex", "3[47]", (15,)),
    ("diners", "30[0-5]|309|3[689]", (14, 16, 19)),
    ("jcb", "35(?:2[89]|[3-8])", (16, 17, 18, 19)),
    ("maestro", "50|5[6-8]|63|67", (16, 13, 14, 15, 17, 18, 19)),
    ("discover", "6011|64[4-9]|65", (16, 17, 18, 19)),
    ("unionpay", "62|81", (16, 17, 18, 19)),
    ("rupay", "60|82", (16,)),
    ("mir", "220[0-4]", (16,)),
)
_LENGTHS = {name: lengths for name, _, lengths in ISSUERS}
_ISSUER = re.compile("|".join(f"(?P<{name}>{prefix})" for name, prefix, _ in ISSUERS))
GAP = r"[\W_]{0,5}"  # what people put between groups: anything that is no letter and no digit
_RUN = re.compile(rf"[0-9](?:{GAP}[0-9]){{12,}}+")
_GROUP = re.compile("[0-9]+")
_SHORTEST = 13
_BEYOND_COUNTING = 24
_SMALL_GROUP = 2
_ONCE = bytes.maketrans(b"0123456789", bytes(range(10)))
_TWICE = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))


def find(plain: str) -> Iterator[tuple[int, int, bool]]:
    """Each card number's start and end, and whether its last four digits are known for sure."""
    for run in _RUN.finditer(plain):
        groups = [group.span() for group in _GROUP.finditer(plain, run.start(), run.end())]
        if plain[run.start() - 1 : run.start()] == "+" and sum(end - start for start, end in groups) == _SHORTEST:
            continue  # a phone number with its country: none is longer than 15 digits, and no card in use has 13
        beside: list[tuple[int, int]] = []
        for start, end in groups:
            is_phone = end - start == _SHORTEST and plain[start - 1 : start] == "+"
            exact = _in_one_piece(plain[start:end]) if end - start >= _SHORTEST and not is_phone else None
            if exact is None:
                beside.append((start, end))
            else:
                yield from _in_groups(plain, beside)
                yield start, end, exact
                beside = []
        yield from _in_groups(plain, beside)


def _in_one_piece(digits: str) -> bool | None:
    """True: the whole is a card number. False: there is one inside. None: there is none."""
    if len(digits) > _BEYOND_COUNTING:
        # Nearly every such number holds a card's by chance, and there would be thousands of windows to try.
        return False if _ISSUER.search(digits, 0, len(digits) - _SHORTEST + 4) else None
    if len(digits) in _lengths_at(digits, 0) and _is_valid(digits):
        return True
    sums = _Sums(digits)
    for start in range(len(digits) - _SHORTEST + 1):
        for length in _lengths_at(digits, start):
            if start + length <= len(digits) and sums.is_valid(start, start + length):
                return False
    return None


def _in_groups(plain: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """From the left: the first stretch of whole groups that is a card number, then the next after it."""
    if len(groups) < 2:
        return  # nothing, or one piece that was tried already
    digits = "".join([plain[start:end] for start, end in groups])
    gaps = [plain[end:start] for (_, end), (start, _) in pairwise(groups)]
    edges = list(accumulate([end - start for start, end in groups], initial=0))
    at_edge = {edge: index for index, edge in enumerate(edges)}
    sums = _Sums(digits)
    free_from = 0
    for first, (start, end) in enumerate(groups):
        is_inside_a_row = end - start <= _SMALL_GROUP and 0 < first < len(gaps) and gaps[first - 1] == gaps[first]
        if edges[first] < free_from or is_inside_a_row:
            continue
        ends = [at_edge.get(edges[first] + length, 0) for length in _lengths_at(digits, edges[first])]
        lasts = [last for last in ends if last and sums.is_valid(edges[first], edges[last])]
        lasts = [last for last in lasts if _is_grouped_like_a_card(groups, gaps, first, last)]
        if lasts:
            # Two lengths may be valid: then all of it goes, and nobody can tell the last four of the card from its code.
            yield start, groups[max(lasts) - 1][1], len(lasts) == 1
            free_from = edges[max(lasts)]


def _is_grouped_like_a_card(groups: list[tuple[int, int]], gaps: list[str], first: int, last: int) -> bool:
    """Digits in ones and twos are a card only where one separator joins them and sets them off from their neighbours.

    Two phone numbers in a row are full of windows that look like cards.
    """
    if all(end - start > _SMALL_GROUP for start, end in groups[first : last - 1]):
        return True
    between = gaps[first : last - 1]
    around = gaps[max(first - 1, 0) : first] + gaps[last - 1 : last]
    return len(set(between)) == 1 and between[0] not in around


def _lengths_at(digits: str, start: int) -> tuple[int, ...]:
    issuer = _ISSUER.match(digits, start)
    return _LENGTHS[issuer.lastgroup or ""] if issuer else ()


def _is_valid(digits: str) -> bool:
    """Luhn's sum by two slices: this is the hot path, and a general library takes ten times as long."""
    backwards = digits.encode()[::-1]
    return (sum(backwards[::2].translate(_ONCE)) + sum(backwards[1::2].translate(_TWICE))) % 10 == 0


class _Sums:
    """Luhn's sum of any stretch in one subtraction: running sums, once with the even places doubled, once with the odd."""

    __slots__ = ("_running",)

    def __init__(self, digits: str) -> None:
        once = digits.encode().translate(_ONCE)
        twice = digits.encode().translate(_TWICE)
        self._running = (_running(once[::2], twice[1::2]), _running(twice[::2], once[1::2]))

    def is_valid(self, start: int, end: int) -> bool:
        running = self._running[(end - 1) % 2]
        return (running[end] - running[start]) % 10 == 0


def _running(even: bytes, odd: bytes) -> list[int]:
    mixed = bytearray(len(even) + len(odd))
    mixed[::2], mixed[1::2] = even, odd
    return list(accumulate(mixed, initial=0))
