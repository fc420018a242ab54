"""What a good password is, and what is kept of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import passwords
from bot.errors import Invalid

ABOUT = ("Sonia Benali", "sonia@banque-azur.example", "Banque Azur")


@pytest.mark.parametrize(
    "password",
    [
        "short", "eleven char", "Banque2026!!!", "motdepasse123", "azertyuiop12", "123456789012", "M0tD3Passe2024",
        "aaaaaaaaaaaa", "Comptoir2026!", "qwertyqwerty", "Sonia.Benali2026", "P@ssw0rd1234", "iloveyou!!!!", "x" * 129,
    ],
)  # fmt: skip
def test_what_a_guesser_tries_first_is_refused(password: str) -> None:
    """Too short, too long, common words, bank words, keyboard rows and the agent's own name are refused, field named."""
    with pytest.raises(Invalid) as refused:
        passwords.check(password, about=ABOUT)
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "tournevis grenat 8231",
        "xK9#mmQ2pLz8",
        "éléphant violet 🦣 lune",
        "je mange 7 clémentines",
        ("la pluie bat un toit de zinc " * 5)[:128],
    ],
)
def test_any_characters_and_spaces_are_welcome(password: str) -> None:
    """A passphrase, accents, emoji, and 128 characters are accepted; no rule asks for digits or signs."""
    passwords.check(password, about=ABOUT)
    assert len(password) <= passwords.LONGEST


@given(st.text(max_size=200))
def test_any_text_is_judged_and_none_breaks(password: str) -> None:
    """Whatever is typed is either accepted within the limits or refused with Invalid."""
    try:
        passwords.check(password, about=ABOUT)
    except Invalid:
        return
    assert passwords.SHORTEST <= len(password) <= passwords.LONGEST


def test_a_stored_password_is_argon2id_and_recognised() -> None:
    """Only the same password is right, however its accents were typed; nothing and rubbish never are."""
    stored = passwords.hashed("éléphant violet sur la lune")
    assert stored.startswith("$argon2id$v=19$m=19456,t=4,p=1$")
    assert passwords.is_right(stored, "éléphant violet sur la lune")
    assert passwords.is_right(stored, "e\u0301le\u0301phant violet sur la lune")
    assert not passwords.is_right(stored, "elephant violet sur la lune")
    assert not passwords.is_right("", "nobody has this password")
    assert not passwords.is_right("rubbish", "éléphant violet sur la lune")


def test_an_older_cost_is_noticed() -> None:
    """A hash made at another cost is to be renewed at the next sign-in; today's is not."""
    assert passwords.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$Y2FuZGxl")
    assert not passwords.is_outdated(passwords.hashed("éléphant violet sur la lune"))
