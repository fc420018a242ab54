"""Account numbers in folded text: IBANs of every country that has them, and the French RIB from before."""

import re
from collections.abc import Iterator
from functools import cache
from string import ascii_lowercase

from stdnum import iban, numdb

from bot.desk.cards import GAP

_IBAN = re.compile(rf"(?:(?<![a-z0-9])|(?<=iban))([a-z]{{2}}){GAP}[0-9](?={GAP}[0-9]{GAP}[a-z0-9])")
_RIB = re.compile(rf"(?<![a-z0-9])([0-9]{{5}}){GAP}([0-9]{{5}}){GAP}([a-z0-9]{{11}}){GAP}([0-9]{{2}})(?![a-z0-9])")
_SEPARATORS = re.compile(r"[\W_]+")
_IBAN_VALUES = {ord(letter): str(value) for value, letter in enumerate(ascii_lowercase, 10)}
_RIB_VALUES = str.maketrans(ascii_lowercase, "12345678912345678923456789")


def find(plain: str) -> Iterator[tuple[int, int, str, str]]:
    """Each number's start and end, its country, and its last four characters."""
    done = 0
    for start in _IBAN.finditer(plain):
        shape = _shape(start[1])
        number = shape.match(plain, start.start()) if shape and start.start() >= done else None
        compact = _SEPARATORS.sub("", number[0]) if number else ""
        if number and _is_valid(compact):
            done = number.end()
            yield *number.span(), start[1].upper(), compact[-4:].upper()
    for rib in _RIB.finditer(plain):
        bank, branch, account, key = rib.groups()
        if (89 * int(bank) + 15 * int(branch) + 3 * int(account.translate(_RIB_VALUES)) + int(key)) % 97 == 0:
            yield *rib.span(), "FR", (account + key)[-4:].upper()


def _is_valid(number: str) -> bool:
    """The sum first: it refuses nearly all, and the library, which knows each country's shape, is asked about the rest."""
    return int((number[4:] + number[:4]).translate(_IBAN_VALUES)) % 97 == 1 and iban.is_valid(
        number, check_country=False
    )


@cache
def _shape(country: str) -> re.Pattern[str] | None:
    """As many letters and digits as an IBAN of this country has."""
    parts = numdb.get("iban").info(country.upper())[0][1].get("bban", "")
    length = sum(int(count) for count in re.findall("([0-9]+)!", parts))
    return re.compile(rf"[a-z]{{2}}(?:{GAP}[a-z0-9]){{{length + 2}}}") if length else None
