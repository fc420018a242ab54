"""How files reach Telegram: under their words, in one request, as what they are."""

import pytest

from bot import errors, wire
from tests.connectors.telegram.bot_api import BotApi, failed
from tests.connectors.telegram.far import Line, words

PHOTO = wire.Enclosure("plan d'été.jpg", "image/jpeg", b"\xff\xd8\xff photo")
PDF = wire.Enclosure("conditions.pdf", "application/pdf", b"%PDF-1.7")
LONG = "é" * 1_025


@pytest.mark.parametrize(
    ("files", "method"), [((PHOTO,), "sendPhoto"), ((PDF,), "sendDocument"), ((PHOTO, PHOTO), "sendMediaGroup")]
)
async def test_each_file_goes_as_what_it_is(
    api: BotApi, line: Line, files: tuple[wire.Enclosure, ...], method: str
) -> None:
    """A picture is shown, a document is to be saved, several are an album; the words stand under the first."""
    receipt = await (await line()).send(words("Voici", "7", files=files, in_reply_to="7:11"))

    assert [name for name, _ in api.asked if name.startswith("send")] == [method]
    assert [one["text"] for one in api.sent] == ["Voici", *[""] * (len(files) - 1)]
    assert [one["file"][:2] for one in api.sent] == [(file.kind, file.body) for file in files]
    assert api.sent[0]["reply_parameters"]["message_id"] == 11
    assert receipt.external_id == f"7:{api.sent[0]['message_id']}"


async def test_names_are_plain(api: BotApi, line: Line) -> None:
    """A name is written in letters that every device has."""
    await (await line()).send(words("", "7", files=(PHOTO,)))

    assert api.sent[0]["file"][2] == "plan d'ete.jpg"


async def test_a_mixed_album_goes_as_documents(api: BotApi, line: Line) -> None:
    """Telegram mixes no pictures with documents; in one request all arrive, or none."""
    await (await line()).send(words("Voici", "7", files=(PHOTO, PDF)))

    ((_, album),) = [(name, told) for name, told in api.asked if name.startswith("send")]
    assert album["chat_id"] == 7
    assert [one["type"] for one in api.sent] == ["document", "document"]


async def test_words_that_are_too_long_for_a_caption_go_before(api: BotApi, line: Line) -> None:
    """1,024 units stand under the file; one more, and the words are a message of their own, whose number is the receipt's."""
    connector = await line()
    await connector.send(words(LONG[:1_024], "7", files=(PHOTO,)))
    assert [one["text"] for one in api.sent] == [LONG[:1_024]]

    receipt = await connector.send(words(LONG, "7", files=(PHOTO,)))

    assert [(one["text"], "file" in one) for one in api.sent[1:]] == [(LONG, False), ("", True)]
    assert receipt.external_id == f"7:{api.sent[1]['message_id']}"


async def test_files_that_fail_after_their_words_are_a_persons_to_decide(api: BotApi, line: Line) -> None:
    """The words have left: they are not said again by themselves, whatever Telegram says of the files."""
    connector = await line()
    say = api._sendMessage

    async def said(parameters: dict[str, object]) -> object:
        api.answer_next(failed(429, "Too Many Requests: retry after 3", retry_after=3))
        return await say(parameters)

    api._sendMessage = said  # type: ignore[method-assign]
    with pytest.raises(errors.Uncertain, match="took the words"):
        await connector.send(words(LONG, "7", files=(PHOTO,)))

    assert [one["text"] for one in api.sent] == [LONG]
