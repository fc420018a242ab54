"""Which signs X counts as one emoji when they stand together: those that its counting library knows, and no younger ones.

A picture alone weighs two, as most letters do. What is put together of several (a skin tone, a profession, a family, a flag)
weighs two only where the library's list has it, which ends with Unicode's emoji of 2018; of any other each part weighs its own.
"""

import re

_SHOWN = """
203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 23CF 23ED-23EF 23F1-23F2 23F8-23FA 24C2 25AA-25AB 25B6 25C0 25FB-25FE
2600-2604 260E 2611 2614-2615 2618 261D 2620 2622-2623 2626 262A 262E-262F 2638-263A 2640 2642 2648-2653 265F-2660 2663
2665-2666 2668 267B 267F 2692-2697 2699 269B-269C 26A0-26A1 26AA-26AB 26B0-26B1 26BD-26BE 26C4-26C5 26C8 26CF 26D1
26D3-26D4 26E9-26EA 26F0-26F5 26F7-26FA 26FD 2702 2708-2709 270C-270D 270F 2712 2714 2716 271D 2721 2733-2734 2744 2747
2757 2763-2764 27A1 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 303D 3297 3299 1F004 1F170-1F171 1F17E-1F17F 1F202
1F21A 1F22F 1F237 1F321 1F324-1F32C 1F336 1F37D 1F396-1F397 1F399-1F39B 1F39E-1F39F 1F3CB-1F3CE 1F3D4-1F3DF 1F3F3
1F3F5 1F3F7 1F43F 1F441 1F4FD 1F549-1F54A 1F56F-1F570 1F573-1F579 1F587 1F58A-1F58D 1F590 1F5A5 1F5A8 1F5B1-1F5B2
1F5BC 1F5C2-1F5C4 1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3 1F5E8 1F5EF 1F5F3 1F5FA 1F6CB 1F6CD-1F6CF 1F6E0-1F6E5 1F6E9
1F6F0 1F6F3 A9 AE
"""
_TONED = """
261D 26F7 26F9 270A-270D 1F385 1F3C2-1F3C4 1F3C7 1F3CA-1F3CC 1F442-1F443 1F446-1F450 1F466-1F469 1F46E 1F470-1F478 1F47C
1F481-1F483 1F485-1F487 1F4AA 1F574-1F575 1F57A 1F590 1F595-1F596 1F645-1F647 1F64B-1F64F 1F6A3 1F6B4-1F6B6 1F6C0 1F6CC
1F918-1F91C 1F91E-1F91F 1F926 1F930-1F939 1F93D-1F93E 1F9B5-1F9B6 1F9B8-1F9B9 1F9D1-1F9DD
"""
_ACTIVE = """
1F3C3-1F3C4 1F3CA 1F46E 1F471 1F473 1F477 1F481-1F482 1F486-1F487 1F645-1F647 1F64B 1F64D-1F64E 1F6A3 1F6B4-1F6B6 1F926
1F935 1F937-1F939 1F93D-1F93E 1F9B8-1F9B9 1F9D6-1F9DD
"""
_SPORTING = "26F9 1F3CB-1F3CC 1F574-1F575"
_UNTONED = "1F46F 1F93C 1F9DE-1F9DF"
_TOOLS = "1F33E 1F373 1F393 1F3A4 1F3A8 1F3EB 1F3ED 1F4BB-1F4BC 1F527 1F52C 1F680 1F692 1F9B0-1F9B3"
_COUNTRIES = """
A:CDEFGILMOQRSTUWXZ B:ABDEFGHIJLMNOQRSTVWYZ C:ACDFGHIKLMNOPRUVWXYZ D:EGJKMOZ E:ACEGHRSTU F:IJKMOR G:ABDEFGHILMNPQRSTUWY
H:KMNRTU I:CDELMNOQRST J:EMOP K:EGHIMNPRWYZ L:ABCIKRSTUVY M:ACDEFGHKLMNOPQRSTUVWXYZ N:ACEFGILOPRUZ O:M P:AEFGHKLMNRSTWY
Q:A R:EOSUW S:ABCDEGHIJKLMNORSTVXYZ T:ACDFGHJKLMNORTVWZ U:AGMNSYZ V:ACEGINU W:FS X:K Y:ET Z:AMW
"""
_NATIONS = ("gbeng", "gbsct", "gbwls")

_JOIN, _SHOW, _TONE = "\u200d", "\ufe0f", "[\U0001f3fb-\U0001f3ff]"
_MAN, _WOMAN, _BOY, _GIRL = "\U0001f468", "\U0001f469", "\U0001f466", "\U0001f467"
_HEART, _KISS = f"\u2764{_SHOW}", "\U0001f48b"


def _any(listed: str) -> str:
    """Any of the signs of such a list."""
    ranges = [part.partition("-") for part in listed.split()]
    return "[" + "".join(f"{chr(int(first, 16))}-{chr(int(last or first, 16))}" for first, _, last in ranges) + "]"


def _flags() -> str:
    """The flags of countries, each two letters."""
    lists = [(one[0], one[2:]) for one in _COUNTRIES.split()]
    return "|".join(_flag(first) + "[" + "".join(map(_flag, seconds)) + "]" for first, seconds in lists)


def _flag(letter: str) -> str:
    return chr(0x1F1E6 + ord(letter) - ord("A"))


def _nation(name: str) -> str:
    return "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in name) + "\U000e007f"


_ADULT = f"[{_MAN}{_WOMAN}]"
_PARENTS = f"(?:{_MAN}{_JOIN}{_ADULT}|{_WOMAN}{_JOIN}{_WOMAN}|{_ADULT})"
_CHILDREN = f"(?:{_GIRL}{_JOIN}[{_BOY}{_GIRL}]|{_BOY}{_JOIN}{_BOY}|[{_BOY}{_GIRL}])"
_LOVE = f"{_JOIN}{_HEART}{_JOIN}(?:{_KISS}{_JOIN})?"

# The longest first: of two that begin alike, the one that holds more is meant.
TOGETHER = re.compile(
    "|".join(
        (
            f"{_PARENTS}{_JOIN}{_CHILDREN}",
            f"{_WOMAN}{_LOVE}{_ADULT}|{_MAN}{_LOVE}{_MAN}",
            f"{_ADULT}{_TONE}?{_JOIN}(?:{_any(_TOOLS)}|[\u2695\u2696\u2708]{_SHOW})",
            f"(?:{_any(_ACTIVE)}{_TONE}?|{_any(_SPORTING)}(?:{_TONE}|{_SHOW})|{_any(_UNTONED)}){_JOIN}[\u2640\u2642]{_SHOW}",
            f"\U0001f3f3{_SHOW}{_JOIN}\U0001f308|\U0001f3f4{_JOIN}\u2620{_SHOW}",
            "|".join(map(_nation, _NATIONS)),
            _flags(),
            f"[0-9#*]{_SHOW}?\u20e3",
            f"(?={_any(_SHOWN)}){_any(_TONED)}{_SHOW}{_TONE}|{_any(_TONED)}{_TONE}",
            f"{_any(_SHOWN)}{_SHOW}",
        )
    )
)
