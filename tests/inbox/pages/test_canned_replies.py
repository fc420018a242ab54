"""A misspelt blank is noticed when it is saved, not when a contact waits."""

import pytest

from bot.model import canned_reply
from bot.store import canned_replies
from tests.inbox.conftest import House

TYPED = {"title": "Merci", "shortcut": "merci", "text_fr": "Merci {{contact_fist_name}}, sous {{delai}}."}


async def test_a_misspelt_blank_is_asked_about_once(house: House) -> None:
    """The form comes back with what was typed and the blank that is probably meant; who means it may save it so."""
    sofia = await house.signed_in("supervisor")

    asked = await sofia.post("/canned-replies", TYPED)
    page = await asked.text()
    assert asked.status == 422
    assert "{{contact_first_name}} ?" in page
    assert "sous {{delai}}." in page
    assert await house.engine.database.read(canned_replies.all) == ()

    saved = await sofia.post("/canned-replies", TYPED | {"means": "1"})
    assert saved.status == 303
    assert [one.shortcut for one in await house.engine.database.read(canned_replies.all)] == ["merci"]


async def test_a_blank_of_ones_own_is_not(house: House) -> None:
    """A blank that resembles none is for the agent to fill."""
    sofia = await house.signed_in("supervisor")

    saved = await sofia.post("/canned-replies", TYPED | {"text_fr": "Sous {{delai}}, {{contact_name}}."})

    assert saved.status == 303


@pytest.mark.parametrize(
    ("title", "locale", "called"),
    [
        ("Accueil / Greeting", "fr", "Accueil"), ("Accueil / Greeting", "en", "Greeting"), ("Merci", "en", "Merci"),
        ("24/7", "en", "24/7"), ("A / B / C", "fr", "A / B / C"),
    ],
)  # fmt: skip
def test_a_title_in_both_languages_is_read_in_ones_own(title: str, locale: str, called: str) -> None:
    """The list of canned replies has little room: it shows the half that its reader reads, and a single title whole."""
    assert canned_reply.called(title, locale) == called
