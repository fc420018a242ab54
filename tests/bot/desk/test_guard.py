"""What an agent may say in public and what stops: banking secrecy, codes, and other people's numbers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import guard, masking
from bot.desk.guard_rules import Severity
from tests.bot.desk.sentences import PASSED, PASSED_IN_PRIVATE, STOPPED, STOPPED_IN_PRIVATE


@pytest.mark.parametrize(("key", "sentence"), STOPPED)
def test_objects_in_public(key: str, sentence: str) -> None:
    """Each of these would break a promise in public, and the agent is told which."""
    assert key in {objection.key for objection in guard.check(sentence, is_public=True)}


@pytest.mark.parametrize("sentence", PASSED)
def test_lets_pass_in_public(sentence: str) -> None:
    """A guard that cries at harmless words is switched off: these leave without a question."""
    assert guard.check(sentence, is_public=True) == ()


@pytest.mark.parametrize(("key", "sentence"), STOPPED_IN_PRIVATE)
def test_objects_in_private(key: str, sentence: str) -> None:
    """Some things are not said between the bank and its client, either."""
    objections = guard.check(sentence, is_public=False)

    assert [objection.key for objection in objections] == [key]
    assert guard.is_blocked(objections)


@pytest.mark.parametrize("sentence", PASSED_IN_PRIVATE)
def test_lets_pass_in_private(sentence: str) -> None:
    """In a private conversation the agent may speak of the account, and ask for what he needs."""
    assert guard.check(sentence, is_public=False) == ()


@pytest.mark.parametrize(("key", "sentence"), STOPPED)
def test_only_doubtful_words_are_left_to_the_agent(key: str, sentence: str) -> None:
    """Naming an account, a landline or an unknown mailbox warns; all the rest blocks."""
    severities = {one.severity for one in guard.check(sentence, is_public=True) if one.key == key}
    may_warn = key == "guard.account" or "01 42" in sentence or "marie.martin@" in sentence

    assert severities == {Severity.WARN if may_warn else Severity.BLOCK}


def test_shows_the_place() -> None:
    """The span covers the very words, in the text as the agent wrote it, accents and invisible signs included."""
    text = "Désolés ! Votre\u200b compte a été bloqué, écrivez à Jean.Dupont@gmail.com."

    assert [(text[one.start : one.end], one.key) for one in guard.check(text, is_public=True)] == [
        ("Votre\u200b compte a", "guard.fact"),
        ("Jean.Dupont@gmail.com", "guard.email"),
    ]


def test_one_place_one_objection() -> None:
    """A blocked sentence is not warned about as well."""
    objections = guard.check("Votre carte se terminant par 4242 est bloquée.", is_public=True)

    assert [(one.key, one.severity) for one in objections] == [("guard.fact", Severity.BLOCK)]


def test_every_key_is_named() -> None:
    """`KEYS` is what the catalogue must have words for: no more, and nothing else is ever said."""
    said = {key for key, _ in STOPPED + STOPPED_IN_PRIVATE}

    assert said == guard.KEYS


WORDS = st.lists(st.sampled_from(" ".join([*PASSED, *(sentence for _, sentence in STOPPED)]).split()), max_size=25).map(
    " ".join
)


@given(st.one_of(WORDS, st.text(max_size=120)), st.booleans())
def test_objections_are_in_order_apart_and_inside(text: str, is_public: bool) -> None:
    """Whatever is written, the places objected to follow each other, inside the text."""
    ends = [0]
    for objection in guard.check(text, is_public=is_public):
        assert ends[-1] <= objection.start < objection.end <= len(text)
        assert objection.key in guard.KEYS
        ends.append(objection.end)


@given(st.one_of(WORDS, st.text(max_size=120)))
def test_private_is_never_stricter_than_public(text: str) -> None:
    """What is stopped in private is stopped in public as well."""
    if guard.is_blocked(guard.check(text, is_public=False)):
        assert guard.is_blocked(guard.check(text, is_public=True))


@given(st.sampled_from(PASSED), st.sampled_from(STOPPED))
def test_harmless_words_before_do_not_hide(harmless: str, stopped: tuple[str, str]) -> None:
    """A condition, a "never" or a question in one sentence excuses nothing in the next; only a way to speak in private does."""
    key, sentence = stopped
    objections = {one.key for one in guard.check(f"{harmless} {sentence}", is_public=True)}

    assert key in objections or key == "guard.asks_in_public"


@given(
    st.sampled_from(["4242 4242 4242 4242", "cvv 123", "mon code est 4839", "FR76 3000 6000 0112 3456 7890 189"]), WORDS
)
def test_what_is_masked_on_the_way_in_is_stopped_on_the_way_out(secret: str, words: str) -> None:
    """Both look with the same eyes."""
    text = f"{words} {secret}"

    assert masking.find(text)
    assert guard.is_blocked(guard.check(text, is_public=True))


@pytest.mark.parametrize(
    "piece",
    [
        "votre compte ",
        "merci de nous ",
        "you have a ",
        "a@a.",
        "06 ",
        "please give ",
        "nous avons ",
        "si ",
        "€1 ",
        "0. ",
        "x\n",
        "a (at) b (dot) ",
        "06*12*",
        "[card ••",
        "•••• ",
        "xxxx-",
    ],
)
def test_no_reply_takes_long(piece: str) -> None:
    """Twenty thousand characters made to hurt are read within a second."""
    text = (piece * 20_000)[:20_000]
    began = time.process_time()
    guard.check(text, is_public=True)

    assert time.process_time() - began < 1
