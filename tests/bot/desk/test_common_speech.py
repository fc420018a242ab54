"""The language of a text by its commonest words, which must serve where the better library cannot be installed."""

import functools

import pytest

from bot.desk import common_speech, language

SENTENCES = [
    ("fr", "Bonjour, ma carte a été refusée ce matin au distributeur, que dois-je faire ?"),
    ("fr", "J'attends toujours mon virement depuis lundi."),
    ("fr", "Pourquoi est-ce que vous m'avez prélevé deux fois ?"),
    ("fr", "comment je change mon code svp"),
    ("fr", "Impossible de me connecter à l'application depuis la mise à jour"),
    ("en", "Hello, my card was declined at the machine this morning, what should I do?"),
    ("en", "I'm still waiting for my transfer since Monday."),
    ("en", "Why did you charge me twice?"),
    ("en", "how do i change my pin please"),
    ("en", "Cannot log in to the app since the update, it just shows an error"),
    ("other", "Hola, no puedo entrar en mi cuenta desde ayer, ¿qué tengo que hacer?"),
    ("other", "Ich kann mich seit gestern nicht mehr anmelden, was soll ich tun?"),
    ("other", "Non riesco ad accedere al mio conto, potete aiutarmi per favore?"),
]


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without `eldc`; the detector is made anew there, and forgotten afterwards."""
    monkeypatch.setattr(language, "eldc", None)
    monkeypatch.setattr(language, "_detector", functools.cache(language._detector.__wrapped__))


@pytest.mark.usefixtures("without_library")
@pytest.mark.parametrize(("expected", "text"), SENTENCES)
def test_sentences_are_told_apart(expected: str, text: str) -> None:
    """A customer's sentence is French, English, or neither, also without the library."""
    assert language.detect(text) == expected


@pytest.mark.usefixtures("without_library")
@pytest.mark.parametrize("text", ["", "12345", "😀😀", "https://example.org/login", "RIB ?", "IBAN"])
def test_what_has_no_language_keeps_the_hint(text: str) -> None:
    """Numbers, pictures, links and bare bank words say nothing: the conversation's language stays."""
    assert language.detect(text, "en") == "en"
    assert language.detect(text, "fr") == "fr"


def test_scores_are_shares() -> None:
    """Scores of the languages found add up to one, so that they compare as the library's do."""
    guess = common_speech.CommonWords().detect_details("je ne peux pas me connecter on my phone")

    assert sum(guess.scores.values()) == pytest.approx(1.0)
    assert guess.scores["fr"] > guess.scores["en"] > 0
