"""Fraud, stolen cards, phishing, threats, self-harm, minors, law, press and regulators always come to a person's eyes."""

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.autoreply.understanding import dangers
from bot.autoreply.understanding.values import Danger
from tests.bot.autoreply.understanding import catalogues

LANGUAGES = ["fr", "en"]
RECALL, PRECISION = 0.97, 0.95


def measured(language: str) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """Per sign: messages that should show it, those of them that do, and all that do, rightly and wrongly."""
    asked, found, right, wrong = Counter(), Counter(), Counter(), Counter()
    for line in catalogues.read(f"dangers_{language}.txt"):
        expected = set(line.also)
        if not line.heading.startswith("not "):
            expected.add(line.heading)
            asked[line.heading] += 1
            found[line.heading] += line.heading in dangers.signs(line.text)
        for sign in dangers.signs(line.text):
            (right if sign in expected else wrong)[sign] += 1
    return asked, found, right, wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_found(language: str) -> None:
    """Of what is written in the catalogue nearly nothing is missed, and nearly nothing is found that is not there."""
    asked, found, right, wrong = measured(language)
    recall = {str(sign): found[sign] / asked[sign] for sign in Danger}
    precision = {str(sign): right[sign] / (right[sign] + wrong[sign]) for sign in Danger}

    assert {sign: share for sign, share in recall.items() if share < RECALL} == {}
    assert {sign: share for sign, share in precision.items() if share < PRECISION} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_large_enough_to_mean_something(language: str) -> None:
    """For each sign at least thirty messages that show it, and ten that only look so."""
    count = Counter(line.heading for line in catalogues.read(f"dangers_{language}.txt"))

    assert all(count[sign] >= 30 and count[f"not {sign}"] >= 10 for sign in map(str, Danger)), count


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("ARNAQUÉÉÉÉ par un site", Danger.FRAUD),
        ("f r a u d e sur mon compte", Danger.FRAUD),
        ("fr\u200bau\u00addeeee", Danger.FRAUD),
        ("ｆｒａｕｄ on my account", Danger.FRAUD),
        ("frаud on my account", Danger.FRAUD),  # the a is Cyrillic
        ("ph1sh1ng", Danger.PHISHING),
        ("su*cide", Danger.SELF_HARM),
        ("I want to k1ll myself", Danger.SELF_HARM),
        ("my avocatt: plainnte", Danger.LEGAL),
        ("jounaliste au Progrès", Danger.PRESS),
        ("A.C.P.R.", Danger.REGULATOR),
    ],
)
def test_misspelt_and_disguised_words_are_read(text: str, sign: Danger) -> None:
    """Elongated, misspelt, parted, starred and look-alike letters hide nothing."""
    assert sign in dangers.signs(text)


@pytest.mark.parametrize(
    ("denied", "asked", "sign"),
    [
        ("Ce n'est pas une fraude.", "Ce n'est pas une fraude ?", Danger.FRAUD),
        ("Ma carte n'a pas été volée", "Ma carte n'a pas été volée ?", Danger.STOLEN_CARD),
        ("It is not a scam", "Is it not a scam?", Danger.FRAUD),
        ("I am not a journalist", "Am I not a journalist?", Danger.PRESS),
    ],
)
def test_what_is_denied_is_not_said_unless_asked(denied: str, asked: str, sign: Danger) -> None:
    """A "not" before the word takes it back; in a question it does not."""
    assert sign not in dangers.signs(denied)
    assert sign in dangers.signs(asked)


def test_a_sign_shows_where_it_stands() -> None:
    """Whoever asks why is shown the customer's own words, accents and all."""
    text = "Bonjour 👋 à tous. On m'a volé ma carte, je vais voir mon avocat"

    assert [(one.danger, text[one.start : one.end]) for one in dangers.shown(text)] == [
        (Danger.STOLEN_CARD, "volé ma carte"),
        (Danger.LEGAL, "avocat"),
    ]


@pytest.mark.parametrize(
    "text", ["", "?", "👍", "ok", "Bonjour", "merci beaucoup", "@police www.fraud.example", "https://fraud.example"]
)
def test_nothing_said_is_no_danger(text: str) -> None:
    """Greetings, handles and links alone show nothing."""
    assert dangers.signs(text) == ()


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever is written, every sign found stands somewhere in the text."""
    assert all(0 <= one.start < one.end <= len(text) for one in dangers.shown(text))


def test_it_costs_next_to_nothing() -> None:
    """A fifth of a millisecond per message, in the best of five rounds; the limit allows for a slower machine."""
    texts = [line.text for language in LANGUAGES for line in catalogues.read(f"dangers_{language}.txt")]
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for text in texts:
            dangers.signs(text)
        rounds.append((time.process_time() - began) / len(texts))

    assert min(rounds) < 0.001


@pytest.mark.parametrize("piece", ["a", "volé ", "pas ", "x1*", "f.", "e e ", "carte volée ", "quelqu'un ", "zqj7 w"])
def test_no_text_takes_long(piece: str) -> None:
    """Ten thousand characters of anything are read in a moment."""
    text = (piece * 10_000)[:10_000]
    dangers.signs("")
    began = time.process_time()
    dangers.signs(text)

    assert time.process_time() - began < 0.25


def test_many_hidden_words_hold_up_nobody() -> None:
    """Ten thousand letters of words behind stars, none of them known, are read in a moment; one that is known is still found."""
    strange = [f"q{a}*{b}{c}" for a in "bcdfghjklm" for b in "aeiouywxz" for c in "bcdfghjklmnpqrstvwxz"]
    began = time.thread_time()

    assert dangers.signs(" ".join(strange)[:9_900] + " I want to commit su*cide") == (Danger.SELF_HARM,)
    assert time.thread_time() - began < 1.5
