"""What a message talks about."""

import pytest

from bot.watch import words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The app is down again", "~down"),
        ("l'appli est en panne depuis ce matin", "~down"),
        ("I can’t log in", "~sign_in"),
        ("Je n’arrive plus à me connecter", "~sign_in"),
        ("ma carte a été refusée à la caisse", "~payment"),
        ("my card was declined", "~payment"),
        ("nothing will load", "~does_not_work"),
        ("ça ne marche plus", "~does_not_work"),
        ("moi aussi, tout le monde", "~others_too"),
    ],
)
def test_known_ways_to_say_it_have_a_name(text: str, name: str) -> None:
    """In French and in English, with typographic apostrophes."""
    assert name in words.read(text).terms


@pytest.mark.parametrize(
    "text",
    [
        "thank you so much",
        "what are your opening hours?",
        "merci, bonne journée",
        "",
        "🙂",
        "everyone at the branch was kind",
    ],
)
def test_what_complains_of_nothing_is_no_problem(text: str) -> None:
    """Thanks, questions, praise, a lone sign or nothing."""
    assert not words.read(text).is_problem


def test_terms_are_words_without_endings_pairs_and_handles() -> None:
    """What a message is about, so that two ways to inflect a word are one."""
    assert {"transfer", "transfer vanish", "vanish", "@bank"} <= words.read("@bank my transfers vanished").terms


def test_the_same_words_have_the_same_print_whoever_is_addressed() -> None:
    """Links, handles, case and punctuation do not make two of one text."""
    one = words.read("RT @anna: The app is down so often! https://t.example/1")
    other = words.read("rt @ben the app is down so often")

    assert one.print == other.print != ""


def test_a_short_message_has_no_print() -> None:
    """Two people may say the same few words by chance."""
    assert words.read("still down here").print == ""


def test_a_long_message_is_read_in_bounded_time() -> None:
    """Half a million characters are read as far as their beginning."""
    assert len(words.read("down " * 100_000).terms) < 10


@pytest.mark.parametrize(("term", "seen"), [("~does_not_work", "does not work"), ("song", "song")])
def test_a_term_can_be_shown(term: str, seen: str) -> None:
    """Without the marks that tell a phrase from a word."""
    assert words.shown(term) == seen
