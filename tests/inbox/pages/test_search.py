"""The search page: what is asked comes back as text, what is found leads to its ticket, nobody finds more than they may see."""

import pytest

from bot.store import search
from inbox import excerpts
from tests import world
from tests.inbox.conftest import House


async def _told(house: House) -> tuple[world.Bank, int]:
    bank = await house.engine.database.write(world.open_bank)
    ticket = await house.engine.database.write(
        lambda tx: bank.hear(tx, "Bonjour, ma carte <b>Visa</b> est bloquée.", who="Léa Martin")
    )
    while await house.engine.database.write(lambda tx: search.follow(tx, 100)):
        pass
    return bank, ticket


async def test_what_is_found_leads_to_its_ticket(house: House) -> None:
    """A word marks the message it is in, a name and a number lead to the ticket."""
    bank, ticket = await _told(house)
    sofia = await house.signed_in(agent_id=bank.sofia)

    by_word = await (await sofia.get("/search?q=bloquee+visa")).text()
    by_name = await (await sofia.get("/search?q=mart")).text()
    by_number = await (await sofia.get(f"/search?q=%23{ticket}")).text()

    assert "&lt;b&gt;<mark>Visa</mark>&lt;/b&gt; est <mark>bloquée</mark>." in by_word
    for page in (by_word, by_name, by_number):
        assert f'href="/views/all/tickets/{ticket}"' in page


async def test_another_teams_words_are_not_found(house: House) -> None:
    """An agent of another team finds neither the message nor the contact nor the number."""
    bank, ticket = await _told(house)
    denis = await house.signed_in(agent_id=bank.denis)

    for query in ("bloquee", "martin", f"%23{ticket}"):
        page = await (await denis.get(f"/search?q={query}")).text()
        assert f"/tickets/{ticket}" not in page
        assert "Rien trouvé" in page


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%00", "q=%22%27%26%7C%21%3A*", "q=a&before=x", f"q=a&before={'9' * 18}", f"q={'mot+' * 90}"]
)
async def test_odd_questions_break_nothing(house: House, query: str) -> None:
    """Whatever is asked, the answer is the page."""
    sofia = await house.signed_in("supervisor")

    assert (await sofia.get(f"/search?{query}")).status == 200


async def test_a_question_is_text(house: House) -> None:
    """What was asked stands in its field again, as text."""
    sofia = await house.signed_in("supervisor")

    page = await (await sofia.get("/search?q=%3Cscript%3E%22")).text()

    assert "<script>&#34;" not in page
    assert 'value="&lt;script&gt;&#34;"' in page


async def test_strangers_find_nothing(house: House) -> None:
    """Who is not signed in is sent to the door."""
    answer = await house.stranger().get("/search?q=carte")

    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Ma carte", ("carte",), [("Ma ", False), ("carte", True), ("", False)]),
        ("Mes cartes", ("car",), [("Mes ", False), ("cartes", True), ("", False)]),
        ("Rien", ("carte",), [("Rien", False)]),
        ("Œuvre", ("oeuvre",), [("", False), ("Œuvre", True), ("", False)]),
    ],
)
def test_an_excerpt_marks_what_was_asked(text: str, words: tuple[str, ...], shown: excerpts.Excerpt) -> None:
    """Each word that was asked for is marked as it stands in the text."""
    assert excerpts.of(text, words) == shown


def test_an_excerpt_of_a_long_text_begins_near_the_word() -> None:
    """The word that was asked for is in it, however far behind it stands."""
    shown = excerpts.of("mot " * 500 + "trouvé " + "fin " * 100, ("trouve",))

    assert ("trouvé", True) in shown
    assert sum(len(part) for part, _ in shown) < 200
