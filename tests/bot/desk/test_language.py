"""French, English, another language, or not enough to tell: a wrong guess would route to the wrong agent."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import language

FRENCH = [
    "Bonjour, ma carte est bloquée depuis hier soir, que faire ?",
    "slt jai pa recu mon virement",
    "Toujours pas de réponse de votre service client, c'est une honte !!!",
    "MA CARTE EST BLOQUEE ET PERSONNE NE REPOND",
    "@banque merci pour votre aide 😊",
    "@banque @autre #honte votre appli est en panne https://t.co/AbCdEfGhIj",
    "ça marche pas",
    "pb connexion",
    "Merci !",
    "virement",
    "Allô ?",
    "J'ai perdu mon chéquier à Paris",
    "j’attends un conseiller depuis 40 minutes au téléphone",
    "Ma carte [card •••• 4242] est refusée",
]
ENGLISH = [
    "Hello, my card has been blocked since yesterday, what can I do?",
    "still no answer from your support team, this is a joke",
    "WHY IS THE APP DOWN AGAIN",
    "@bank thanks for your help 😊",
    "@bank @other #fail your app is down https://t.co/AbCdEfGhIj",
    "app down",
    "thanks",
    "please",
    "I've lost my cheque book in Paris",
    "yo wtf is this",
    "My card [card •••• 4242] was declined",
]
OTHER = [
    "Wo ist meine neue Karte? Ich warte seit zwei Wochen.",
    "Hola, mi tarjeta está bloqueada desde ayer",
    "Mijn kaart is geblokkeerd, kunt u mij helpen?",
    "لماذا تم حظر بطاقتي منذ أمس",
    "カードが使えません、助けてください",
    "A minha conta foi bloqueada e ninguém responde",
]
UNTOLD = [
    "",
    "?",
    "👍👍",
    "123",
    "ok",
    "no",
    "RIB ?",
    "IBAN?",
    "@banque",
    "https://t.co/abc",
    "#panne",
    "[card •••• 4242]",
    "test",
    "4 5 6 %",
]


@pytest.mark.parametrize("text", FRENCH)
def test_french(text: str) -> None:
    """French is recognised in a letter, in a text message, in capitals and in a single word."""
    assert language.detect(text) == "fr"


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    """English is recognised in a letter, in slang, in capitals and in a single word."""
    assert language.detect(text) == "en"


@pytest.mark.parametrize("text", OTHER)
def test_other_languages(text: str) -> None:
    """A language that the desk does not speak is told apart, whatever the conversation was in before."""
    assert language.detect(text, "fr") == "other"


@pytest.mark.parametrize("text", UNTOLD)
def test_too_little_to_tell(text: str) -> None:
    """Names, links, numbers and words that both languages share tell nothing by themselves, and the hint decides."""
    assert language.detect(text) == ""
    assert language.detect(text, "fr") == "fr"
    assert language.detect(text, "en") == "en"


@pytest.mark.parametrize(("text", "hint"), [("Bonjour", "en"), ("thanks", "fr"), ("ok merci", "en")])
def test_one_word_does_not_change_a_conversations_language(text: str, hint: str) -> None:
    """Who has written French goes on in French when he says "thanks" once."""
    assert language.detect(text, hint) == hint


def test_a_whole_sentence_changes_it() -> None:
    """Who has written French and now writes an English sentence is answered in English."""
    assert language.detect("Could you please answer me in English from now on?", "fr") == "en"


@given(st.text(st.characters(), max_size=200), st.sampled_from(["", "fr", "en", "other"]))
def test_any_text_has_an_answer(text: str, hint: str) -> None:
    """Whatever is written, the answer is one of the four words."""
    assert language.detect(text, hint) in {"fr", "en", "other", ""}


@pytest.mark.parametrize("piece", ["a", "@", "http://", "www.", "[•", "#a ", "é ", "bonjour "])
def test_no_text_takes_long(piece: str) -> None:
    """A hundred thousand characters are recognised by their beginning."""
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    language.detect(text)

    assert time.process_time() - began < 0.5


def by_language() -> dict[str, list[str]]:
    """The catalogue of messages of our own writing."""
    lines: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("languages.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = lines.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("# "):
            heading.append(line)
    return lines


@pytest.mark.parametrize(
    ("name", "said", "least"), [("fr", "fr", 0.95), ("en", "en", 0.9), ("other", "other", 0.95), ("unknown", "", 0.9)]
)
def test_the_catalogue_is_told_apart(name: str, said: str, least: float) -> None:
    """Short, misspelt, shouted and mixed messages, and those of other languages and none: nearly all are told."""
    told = [language.detect(text) for text in by_language()[name]]

    assert told.count(said) / len(told) >= least


@pytest.mark.parametrize(("name", "never"), [("fr", {"en", "other"}), ("en", {"fr", "other"}), ("other", {"fr", "en"})])
def test_a_doubtful_message_is_left_open(name: str, never: set[str]) -> None:
    """What is not told is left open: in the catalogue none is taken for another language."""
    assert {text for text in by_language()[name] if language.detect(text) in never} == set()


def test_half_a_character_does_no_harm() -> None:
    """A file may hold what is no text; the rest of it is still recognised."""
    assert language.detect("Bonjour \ud800 ma carte est bloquée") == "fr"
