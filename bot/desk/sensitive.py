"""What must not be kept, shown or said: where it stands in a folded text. `masking` removes it, `guard` stops it."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from bot.desk import cards, codes, ibans


class Kind(StrEnum):
    CARD = "card"
    IBAN = "iban"
    EXPIRY = "expiry"
    CARD_CODE = "card_code"
    CODE = "code"


class Find(NamedTuple):
    """plain[start:end] is sensitive, and `mask` may stand in its place."""

    start: int
    end: int
    kind: Kind
    mask: str


_MASK = re.compile(
    r"\[card •••• [0-9]{4}\]|\[card ••••\]|\[iban [a-z]{2}•• •••• [a-z0-9]{4}\]|\[code ••••\]|\[cvv •••\]|\[expiry ••/••\]"
)
BARRIER = "ǂ"  # a letter of no language written here: no pattern of ours reads over it
_EXPIRY = re.compile(r"(?<![0-9])(?:0?[1-9]|1[0-2]) ?[/.-] ?(?:20)?[2-4][0-9](?![0-9]|[/.-][0-9])")
_EXPIRY_NEXT = re.compile(
    r"[^\w•]{0,4}(?:exp[a-z]*[^\w•]{0,4})?((?:0[1-9]|1[0-2])[/. -]{0,3}(?:20)?[2-4][0-9])(?![0-9])"
)
_CODE_NEXT = re.compile(
    r"[^\wǂ]{1,4}(?:(?:crypt|code|secu|visu|dos|back|digit|chiffre|number|num|n|et|and|the|le|a|au|on)[a-z]{0,8}[^\wǂ]{1,3}){0,6}"
    r"([0-9]{3,4})(?![0-9]|[.,/:-][0-9])"
)
_ADDRESS_END = re.compile(r"[\s\"'<>()]")
_AROUND = 60
_DATE = 12  # a date's length at most
_DIGIT = re.compile("[0-9]")


def find(plain: str) -> list[Find]:
    """Everything sensitive, in order, nothing twice. What stands in a mask already is passed over."""
    if "•" in plain:
        plain = _MASK.sub(lambda mask: BARRIER * len(mask[0]), plain)
    found: list[Find] = []
    # What is found is walled off, and a neighbour that it hid may then be seen: again, until there is nothing new.
    while new := _look(plain):
        found += new
        plain = _wall_off(plain, new)
    return sorted(found)


def _look(plain: str) -> list[Find]:
    found = _apart(_ibans(plain))
    if found:
        plain = _wall_off(plain, found)
    numbers = [*_cards(plain)]
    if numbers:
        plain = _wall_off(plain, numbers)
        dates = _apart(_beside_cards(plain, numbers))
        found += numbers + dates
        plain = _wall_off(plain, dates)
    return found + _apart(_codes(plain))


def _wall_off(plain: str, found: list[Find]) -> str:
    pieces = []
    done = 0
    for one in sorted(found):
        pieces += [plain[done : one.start], BARRIER * (one.end - max(one.start, done))]
        done = max(done, one.end)
    return "".join(pieces) + plain[done:]


def _apart(found: Iterable[Find]) -> list[Find]:
    """The first of those that overlap."""
    apart: list[Find] = []
    for one in sorted(found):
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def _ibans(plain: str) -> Iterator[Find]:
    for start, end, country, last in ibans.find(plain):
        yield Find(start, end, Kind.IBAN, f"[IBAN {country}•• •••• {last}]")


def _cards(plain: str) -> Iterator[Find]:
    for start, end, is_exact in cards.find(plain):
        if not _is_address(plain, start, is_exact=is_exact):
            last = "".join(_DIGIT.findall(plain, start, end)[-4:])
            yield Find(start, end, Kind.CARD, f"[card •••• {last}]" if is_exact else "[card ••••]")


def _is_address(plain: str, start: int, *, is_exact: bool) -> bool:
    """Long numbers in links name posts. Only what is a card number from end to end is taken for one there, and no post's."""
    before = plain[max(0, start - 200) : start]
    if "://" not in before:
        return False
    before = _ADDRESS_END.split(before)[-1]
    return "://" in before and (not is_exact or before.endswith(("/status/", "/statuses/", "/posts/", "/videos/")))


def _beside_cards(plain: str, cards_: list[Find]) -> Iterator[Find]:
    """The expiry dates near cards, and the codes that follow those dates."""
    ends = []
    searched = 0
    for card in cards_:
        for date in _EXPIRY.finditer(plain, max(searched, card.start - _AROUND), card.end + _AROUND + _DATE):
            yield Find(*date.span(), Kind.EXPIRY, "[expiry ••/••]")
            ends.append(date.end())
        if glued := _EXPIRY_NEXT.match(plain, card.end):
            yield Find(*glued.span(1), Kind.EXPIRY, "[expiry ••/••]")
            ends.append(glued.end())
        searched = max(searched, card.end + _AROUND)
    for end in ends:
        if code := _CODE_NEXT.match(plain, end):
            yield Find(*code.span(1), Kind.CARD_CODE, "[CVV •••]")


def _codes(plain: str) -> Iterator[Find]:
    for start, end, is_card in codes.find(plain):
        yield Find(start, end, Kind.CARD_CODE, "[CVV •••]") if is_card else Find(start, end, Kind.CODE, "[code ••••]")
