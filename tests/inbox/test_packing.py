"""Pages are compressed where that gives nothing away."""

import pytest

from tests.inbox.conftest import House


@pytest.mark.parametrize(
    ("path", "is_packed"),
    [
        ("/views/open", True), ("/profile", True), ("/search", True), ("/views/open?priority=high", False),
        ("/search?q=carte", False), ("/views/open?tag=", False), ("/health/live", False),
    ],
)  # fmt: skip
async def test_a_page_that_repeats_nothing_is_compressed(house: House, path: str, is_packed: bool) -> None:
    """A page is, one that repeats what its address asked is not."""
    sofia = await house.signed_in("supervisor")

    answer = await sofia.get(path, Accept_Encoding="gzip")

    assert (answer.headers.get("Content-Encoding") == "gzip") is is_packed
    assert not is_packed or "<!doctype html>" in await answer.text()


async def test_only_for_browsers_that_take_it(house: House) -> None:
    """A browser that does not name gzip gets the page as it is; the answer says that it depends."""
    sofia = await house.signed_in("supervisor")

    answer = await sofia.get("/views/open", Accept_Encoding="identity")

    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


async def test_the_live_stream_is_not(house: House) -> None:
    """Its bytes are shared by all windows and leave at once."""
    sofia = await house.signed_in("supervisor")

    answer = await sofia.get("/live?view=open", Accept_Encoding="gzip")

    assert (answer.status, answer.headers.get("Content-Encoding")) == (200, None)
    assert await answer.content.readline() == b"retry: 1000\n"
    answer.close()


async def test_what_a_form_sent_goes_as_it_is(house: House) -> None:
    """A form that is shown again with its faults repeats what was typed."""
    sofia = await house.signed_in("supervisor")

    answer = await sofia.post("/canned-replies", {"title": "", "shortcut": "x"}, Accept_Encoding="gzip")

    assert (answer.status, answer.headers.get("Content-Encoding")) == (422, None)
