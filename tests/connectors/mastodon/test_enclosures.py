"""Pictures go up to the instance and are seen through by it before a post shows them; it announces which it takes."""

import msgspec
import pytest

from bot import errors, wire
from bot.connectors.mastodon import enclosures, home
from tests.connectors.far_side import spot
from tests.connectors.mastodon.far import Line, words
from tests.connectors.mastodon.instance import BRAND, Instance, refused

PICTURE = wire.Enclosure("carte à puce.png", "image/png", b"drawn", "all white", 60, 40)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks there is hardly a rest."""
    monkeypatch.setattr(enclosures, "_PAUSE", 0.01)


async def test_the_instance_works_on_it(instance: Instance, line: Line) -> None:
    """While the instance still works on a picture (202, then 206), nothing is said."""
    instance.looks_until_ready = 3
    await (await line()).send(words("Voici", files=(PICTURE,)))
    paths = [path for _, path, _ in instance.asked if "media" in path or path == "v1/statuses"]
    (number,) = instance.files

    assert paths == ["v2/media", *[f"v1/media/{number}"] * 3, "v1/statuses"]


async def test_it_never_ends(instance: Instance, line: Line) -> None:
    """We do not wait without end: it is tried again later, and nothing was said."""
    instance.looks_until_ready = 10_000
    with pytest.raises(errors.TryLater, match="still working"):
        await (await line()).send(words("Voici", files=(PICTURE,)))

    assert instance.sent == []


@pytest.mark.parametrize(
    ("status", "said", "remedy"),
    [
        (422, "Validation failed: File content type is invalid", errors.Refused),
        (413, "too large", errors.Refused),
        (500, "Error processing thumbnail for uploaded media", errors.TryLater),
        (503, "Remote data could not be fetched", errors.TryLater),
    ],
)
async def test_not_taken(
    instance: Instance, line: Line, status: int, said: str, remedy: type[errors.ComptoirError]
) -> None:
    """What the instance says of a file is passed on; nothing is said."""
    connector = await line()
    instance.instead_of_posts.append(refused(status, said))
    with pytest.raises(remedy) as raised:
        await connector.send(words("Voici", files=(PICTURE,)))

    assert type(raised.value) is remedy
    assert instance.sent == []


async def test_announced_limits(instance: Instance, line: Line) -> None:
    """What may be enclosed is what the instance announces: kinds, bytes, area, how many; a description is cut to its length."""
    instance.about["configuration"]["statuses"]["max_media_attachments"] = 6
    instance.about["configuration"]["media_attachments"] = {
        "supported_mime_types": ["image/jpeg", "image/png", "image/avif", "video/mp4"],
        "image_size_limit": 16_777_216,
        "image_matrix_limit": 33_177_600,
        "description_limit": 10,
    }
    connector = await line()
    await connector.send(words("Voici", files=(msgspec.structs.replace(PICTURE, alt="é" * 40),)))

    assert connector.capabilities(spot(is_public=True)).files == wire.FileRules(
        6, {"image/jpeg": 16_777_216, "image/png": 16_777_216}, 5_760, has_alt=True
    )
    assert [one["description"] for one in instance.media.values()] == ["é" * 10]


@pytest.mark.parametrize("media", [{"supported_mime_types": []}, {"supported_mime_types": ["video/mp4"]}])
def test_an_instance_without_pictures(media: dict[str, object]) -> None:
    """Where no kind of ours is taken, none is offered."""
    assert home.read({"configuration": {"media_attachments": media}}, "https://a.example").files.most == 0


def test_an_instance_that_announces_nothing() -> None:
    """Old instances say nothing of files: what every version has taken is offered."""
    rules = home.read({}, "https://a.example").files

    assert (rules.most, rules.kinds) == (4, {"image/jpeg": 8_000_000, "image/png": 8_000_000})


@pytest.mark.parametrize("text", ["Voici", ""])
async def test_an_edit_keeps_them(instance: Instance, line: Line, text: str) -> None:
    """Mastodon drops what an edit does not name again, so each picture is; whom it is for stays named, too."""
    connector = await line()
    receipt = await connector.send(words(text, files=(PICTURE, PICTURE)))
    kept = list(instance.statuses[receipt.external_id]["media_attachments"])
    await connector.act(wire.Deed("edit", receipt.external_id, "direct:7", "Voilà"))

    assert len(kept) == 2
    assert [body["status"] for method, _, body in instance.asked if method == "PUT"] == ["@ann@far.example Voilà"]
    assert instance.statuses[receipt.external_id]["media_attachments"] == kept


async def test_found_among_the_same_words(instance: Instance, line: Line) -> None:
    """A look tells a picture without words from words without a picture."""
    connector = await line()
    message = words("", files=(PICTURE,))
    instance.write("@ann@far.example", BRAND, "direct")
    with pytest.raises(errors.Uncertain):
        await connector.find(message)
    sent = await (await line()).send(message)
    found = await connector.find(message)

    assert found is not None
    assert found.external_id == sent.external_id
