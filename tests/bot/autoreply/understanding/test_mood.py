"""Moods: heard by words, tone and meaning, together or by what is at hand; learnt in seconds, and the same each time."""

import numpy as np
import pytest

from bot.autoreply.understanding import deep, encoder, mood, mood_learning, starting_moods, tone
from bot.autoreply.understanding.mood_learning import Moods
from bot.autoreply.understanding.recipe import Learnt
from bot.autoreply.understanding.values import Example
from bot.desk import language

CLEAR = [
    ("positive", "merci mille fois, vous êtes géniaux"),
    ("positive", "thanks a million, you are brilliant"),
    ("positive", "Super appli, j'adore 😍"),
    ("positive", "Amazing app, love it 😍"),
    ("negative", "c'est une honte, service lamentable"),
    ("negative", "what a disgrace, terrible service"),
    ("negative", "Encore une panne, ras le bol 😡"),
    ("negative", "Another crash, so annoying 😡"),
    ("neutral", "Où se trouve votre agence de Nantes ?"),
    ("neutral", "Where is your branch in York?"),
]


def taught(examples: tuple[Example, ...] = starting_moods.read()) -> Learnt:
    return Moods().train(examples, lambda _share, _words: None)


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return taught()


def test_what_is_clear_is_heard(learnt: Learnt) -> None:
    """The starter set is enough for a plain word of thanks or anger, in both languages."""
    scores = learnt.scorer.score([text for _, text in CLEAR])
    heard = [learnt.scorer.labels[best] for best in scores.argmax(axis=1)]

    assert sum(one == mood for one, (mood, _) in zip(heard, CLEAR, strict=True)) >= 9


def test_what_was_not_seen_is_mostly_right(learnt: Learnt) -> None:
    """Examined on examples it had not been shown, it is right far more often than by chance; the encoder helps."""
    meant = [learnt.scorer.labels.index(example.label) for example in starting_moods.read()]
    right = (learnt.unseen.argmax(axis=1) == meant).mean()

    assert right >= (0.75 if encoder.is_installed() else 0.65)
    assert (learnt.without.argmax(axis=1) == meant).mean() >= 0.65


def test_probabilities_add_up(learnt: Learnt) -> None:
    """Whatever is said of a text, it is said of it wholly."""
    scores = learnt.scorer.score(["", "?", "😀", "x" * 10_000, "Bonjour hello", "\x00\ud800"])

    assert np.allclose(scores.sum(axis=1), 1, atol=1e-4)
    assert np.allclose(learnt.unseen.sum(axis=1), 1, atol=1e-4)
    assert scores.min() >= 0


def test_what_is_kept_says_the_same(learnt: Learnt) -> None:
    """Taken apart into numbers and notes and put together again it has the same opinions."""
    texts = [text for _, text in CLEAR]
    again = mood.restore(learnt.scorer.parts(), learnt.scorer.labels)

    assert np.allclose(again.score(texts), learnt.scorer.score(texts), atol=1e-6)


def test_the_same_examples_teach_the_same() -> None:
    """Bit by bit, so that a version can be made again."""
    few = starting_moods.read()[::3]
    first, second = taught(few).scorer.parts(), taught(few).scorer.parts()

    assert first.notes == second.notes
    assert all(np.array_equal(first.arrays[name], second.arrays[name]) for name in first.arrays)


def test_one_language_and_two_labels_are_enough() -> None:
    """A file of one language works, and so does one that knows no middle."""
    french = tuple(
        example
        for example in starting_moods.read()
        if language.detect(example.text) == "fr" and example.label != "neutral"
    )
    scorer = taught(french).scorer

    assert scorer.labels == ("negative", "positive")
    assert scorer.score(["Quelle honte, service lamentable", "Merci, vous êtes formidables"]).argmax(
        axis=1
    ).tolist() == [0, 1]


def test_a_language_with_examples_enough_has_a_choir_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two languages hear each with their own voices; another language is heard by the common ones."""
    monkeypatch.setattr(mood_learning, "_ENOUGH", 60)
    monkeypatch.setattr(mood_learning, "_OF_EACH", 10)
    scorer = taught().scorer

    assert isinstance(scorer, mood.MoodScorer)
    assert set(scorer.choirs) == {"common", "fr", "en"}
    assert set(mood.by_choir(["Où est ma carte ?", "Where is my card?", "Wo ist meine Karte?"], scorer.choirs)) == {
        "common",
        "fr",
        "en",
    }


def test_the_second_encoder_is_asked_only_where_it_was_taught_with(learnt: Learnt) -> None:
    """A fast model never waits for it."""
    assert isinstance(learnt.scorer, mood.MoodScorer)
    assert not learnt.scorer.is_deep


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not (deep.is_installed() and encoder.is_installed()), reason="needs both encoders")
def test_thorough_learning_hears_more() -> None:
    """With the second encoder there are two voices and two echoes more, and what is kept says the same."""
    learnt = Moods(is_thorough=True).train(starting_moods.read()[::6], lambda _share, _words: None)
    scorer = learnt.scorer
    texts = [text for _, text in CLEAR]

    assert isinstance(scorer, mood.MoodScorer)
    assert scorer.is_deep
    assert len(scorer.choirs["common"].voices) == 7
    assert np.allclose(mood.restore(scorer.parts(), scorer.labels).score(texts), scorer.score(texts), atol=1e-3)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I can\\u2019t &amp; won\\u2019t", "I can’t & won’t"),
        ('"Great ""service"" today"', 'Great "service" today'),
        ("@banque voir https://t.co/abc", "@user voir http"),
        ("plain", "plain"),
    ],
)
def test_texts_are_read_as_they_were_meant(written: str, read: str) -> None:
    """Escapes and quotes of tables are undone, and whom and where it links to does not matter."""
    assert tone.tidy(written) == read


@pytest.mark.parametrize(
    ("happier", "sadder"),
    [
        ("C'est bien", "Ce n'est pas bien"),
        ("This is good", "This is not good"),
        ("Vraiment génial", "Génial mais nul"),
        ("great", "great but awful"),
        ("ok 😊", "ok 😡"),
        ("meeeerci", "heu"),
    ],
)
def test_tone_turns(happier: str, sadder: str) -> None:
    """A "not", a "but" and a face turn what is said around, however long it is drawn out."""
    up, down = tone.features(happier), tone.features(sadder)

    assert up[2] + up[10] + up[11] > down[2] + down[10] + down[11]
