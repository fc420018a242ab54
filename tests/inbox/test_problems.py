"""What goes wrong is told in the reader's language."""

import ast
import pathlib
import string
from zoneinfo import ZoneInfo

import pytest

from bot import errors
from inbox import i18n, problems

ROOT = pathlib.Path(__file__).parents[2]
KINDS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.ComptoirError)
}
# What only the program's own parts or its operator's terminal read.
UNSEEN = {
    "Another listener holds this channel now.",
    "The data folder {a} cannot be used: {b}.",
    "Several processes need PostgreSQL: set COMPTOIR_DATABASE_URL.",
}
AT_THE_START = {"sole.py", "engines.py", "database.py", "schema.py"}
WORDS = {locale: i18n.Words(locale, ZoneInfo("Europe/Paris")) for locale in i18n.LOCALES}


def _sentence(node: ast.expr) -> str:
    """The sentence of a raised error, with letters for what varies."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    letters = iter(string.ascii_lowercase)
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else f"{{{next(letters)}}}" for part in parts)


def _raised() -> set[str]:
    """Every sentence that the desk, its memory or the window raises."""
    files = [
        *(ROOT / "bot" / "desk").glob("*.py"),
        *(ROOT / "inbox").glob("*.py"),
        *(ROOT / "inbox" / "pages").glob("*.py"),
    ]
    files += [file for file in (ROOT / "bot" / "store").glob("*.py") if file.name not in AT_THE_START]
    calls = [
        node
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and node.args
    ]
    named = [(getattr(call.func, "id", getattr(call.func, "attr", "")), call) for call in calls]
    return {_sentence(call.args[0]) for name, call in named if name in KINDS} - UNSEEN - {""}


def test_every_sentence_has_its_french() -> None:
    """An English sentence raised anywhere behind a page stands in both catalogues, word for word."""
    said = _raised()
    assert len(said) > 50
    unknown = sorted(one for one in said if not one.startswith("Port {a}") and not WORDS["fr"].has(f"sentence.{one}"))
    assert unknown == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.Invalid("This may not be empty."), "Ce champ ne peut pas rester vide."),
        (errors.Invalid("A password needs at least 12 characters."), "Un mot de passe a au moins 12 caractères."),
        (
            errors.NotFound("A sentence that nobody has translated."),
            "Cette page n’existe pas, ou elle ne vous est pas ouverte.",
        ),
        (
            RuntimeError("an internal detail"),
            "Elle a été consignée. Si elle se répète, donnez la référence ci-dessous à l’exploitant.",
        ),
    ],
)
def test_the_reader_gets_a_sentence_in_their_language(error: Exception, told: str) -> None:
    """Known sentences are translated with what varies in them; unknown ones and defects become what their kind means."""
    assert problems.sentence(WORDS["fr"], problems.of(error)) == told


@pytest.mark.parametrize("kind", [errors.Invalid, errors.NotFound, errors.NotAllowed, errors.Conflict, errors.TryLater,
                                  errors.Reauthorize, errors.Refused, errors.Uncertain, RuntimeError])  # fmt: skip
def test_every_kind_of_error_has_a_status_and_words(kind: type[Exception]) -> None:
    """No error is without a status of 400 or more, a title and a sentence, in both languages."""
    problem = problems.of(kind())
    assert 400 <= problem.status < 600
    for words in WORDS.values():
        assert problems.title(words, problem)
        assert problems.sentence(words, problem)
