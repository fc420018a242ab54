"""Both languages are complete, every key that is used exists, and French keeps its punctuation together."""

import re
from pathlib import Path
from string import Formatter

import pytest

import inbox
from bot.desk import guard
from inbox import i18n

HOME = Path(inbox.__file__).parent
CALL = re.compile(r"""\b(?:t|words|words\(request\)|drawing\.words\(request\))\(\s*f?["']([a-z_]+(?:\.[a-z_]+)+)["']""")
STEM = re.compile(r"""\bt\(\s*["']([a-z_.]+\.)["']\s*~""")


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_are_complete() -> None:
    """The French and the English catalogue have the same keys, with the same blanks."""
    french, english = i18n.read("fr"), i18n.read("en")
    assert french.keys() == english.keys()
    # A plural's `one` may say "once" instead of a number.
    optional = {key: {"count"} if key.endswith(".one") else set[str]() for key in french}
    assert {key for key in french if (blanks(french[key]) ^ blanks(english[key])) - optional[key]} == set()


def test_every_key_that_is_used_exists() -> None:
    """Whatever templates and pages ask the catalogue for by name is there, alone or as a plural."""
    messages = i18n.read("fr")
    used = {
        (file.name, key)
        for file in [*HOME.rglob("*.html"), *HOME.glob("*.py"), *(HOME / "pages").glob("*.py")]
        for key in CALL.findall(file.read_text(encoding="utf-8"))
    }
    assert len(used) > 100
    missing = {(name, key) for name, key in used if key not in messages and f"{key}.other" not in messages}
    assert missing == set()


def test_every_beginning_of_a_key_has_messages() -> None:
    """A key that a template puts together begins like one that exists."""
    messages = i18n.read("fr")
    stems = {stem for file in HOME.rglob("*.html") for stem in STEM.findall(file.read_text(encoding="utf-8"))}
    assert len(stems) > 5
    assert {stem for stem in stems if not any(key.startswith(stem) for key in messages)} == set()


def test_a_contact_is_called_a_contact() -> None:
    """Whoever writes to the bank is its contact in both languages; a client is said only where it matters that one is."""
    clients = {key for key, text in i18n.read("fr").items() if re.search(r"\bclient", text, re.IGNORECASE)}
    customers = {
        key for key, text in i18n.read("en").items() if re.search(r"\b(?:client|customer)", text, re.IGNORECASE)
    }

    assert clients == customers == {"guard.client", "field.is_safe_in_public_help"}


def test_what_the_guard_objects_has_words() -> None:
    """An agent is told in their language why a reply may not leave."""
    assert i18n.read("fr").keys() >= guard.KEYS


@pytest.mark.parametrize("text", i18n.read("fr").values())
def test_french_typography(text: str) -> None:
    """No line of French can begin with ; : ? ! or », or end with «."""
    assert not re.search(r" [;!?»]| :(?=\s|$)|« ", text)
    assert not re.search(r"\w[;!?](?=\s|$)", text)


def test_accept_language() -> None:
    """Before anyone has signed in, the browser's wishes decide, by their weights; nothing usable means French."""
    assert i18n.preferred("en-GB,en;q=0.9,fr;q=0.8") == "en"
    assert i18n.preferred("de-DE,fr-CH;q=0.7,en;q=0.3") == "fr"
    assert i18n.preferred("de, xx;q=oops") == "fr"
