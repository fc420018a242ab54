"""Words on their way to an instance: to whom, how visible, how long, and once."""

import asyncio
import json
from typing import Any

import msgspec
import pytest
from aiohttp import web

from bot import errors, wire
from bot.connectors.base import Connector
from tests.connectors.far_side import hear, listening, spot
from tests.connectors.mastodon.far import HTML, PERSON, Line, words
from tests.connectors.mastodon.instance import ANN, BOB, BRAND, Instance, refused


def reply(
    status: dict[str, Any], text: str = "Bonjour", *, is_public: bool = True, **more: object
) -> wire.OutboundMessage:
    return words(text, status["id"], is_public=is_public, in_reply_to=status["id"], **more)


@pytest.mark.parametrize(
    ("written", "option", "answered"),
    [
        ("public", "same", "public"),
        ("unlisted", "same", "unlisted"),
        ("public", "unlisted", "unlisted"),
        ("unlisted", "unlisted", "unlisted"),
        ("private", "same", "direct"),
        ("direct", "same", "direct"),
        ("direct", "unlisted", "direct"),
    ],
)
async def test_visibility(instance: Instance, line: Line, written: str, option: str, answered: str) -> None:
    """A public reply is as visible as what it answers, or less by option; never more."""
    status = instance.say("hello?", ANN, written)
    connector = await line(replies=option)
    await connector.send(reply(status))

    assert [one["visibility"] for one in instance.sent] == [answered]


async def test_public_reply(instance: Instance, line: Line) -> None:
    """A public reply names its reader, by the address of another instance too, and answers their post."""
    status = instance.say("hello?")
    receipt = await (await line()).send(reply(status, "Bonjour <b>&"))
    (sent,) = instance.sent

    assert (sent["status"], sent["in_reply_to_id"]) == ("@ann@far.example Bonjour <b>&", status["id"])
    assert sent["key"] == "key"
    assert (receipt.external_id, receipt.conversation_id) == (sent["id"], "")
    assert receipt.sent_at
    assert receipt.permalink.startswith("https://")


async def test_private_reply_to_a_public_post(instance: Instance, line: Line) -> None:
    """A private reply to a public post goes to its author alone, and the receipt names the private conversation."""
    status = instance.say("hello?")
    receipt = await (await line()).send(reply(status, is_public=False))
    (sent,) = instance.sent

    assert (sent["visibility"], sent["in_reply_to_id"], sent["allowed_mentions"]) == ("direct", status["id"], ["7"])
    assert receipt.conversation_id == "direct:7"


async def test_name_that_is_there(instance: Instance, line: Line) -> None:
    """Whoever names the contact first does not get the name twice; a longer name is another's."""
    status = instance.say("hello?")
    connector = await line()
    for number, text in enumerate(("@ann@far.example Bonjour", "@ann@far.example.org Bonjour")):
        await connector.send(reply(status, text, key=str(number)))

    assert [one["status"] for one in instance.sent] == [
        "@ann@far.example Bonjour",
        "@ann@far.example @ann@far.example.org Bonjour",
    ]


@pytest.mark.parametrize("to", [None, wire.Person("7")])
async def test_name_that_is_asked_for(instance: Instance, line: Line, to: wire.Person | None) -> None:
    """Where the desk does not know the contact's name, the post that is answered tells it, or the instance."""
    status = instance.say("hello?")
    connector = await line()
    await connector.send(reply(status, to=to))
    await connector.send(words("Bonjour", "direct:7", to=to, key="other"))

    assert {one["status"] for one in instance.sent} == {"@ann@far.example Bonjour"}


async def test_nobody(instance: Instance, line: Line) -> None:
    """Words for nobody do not leave."""
    connector = await line()
    instance.statuses["5"] = instance.write("ours", BRAND)
    with pytest.raises(errors.Refused):
        await connector.send(words("x", "5", to=None, is_public=True))

    assert instance.sent == []


@pytest.mark.parametrize("text", ["ask @bob", "ask (@bob@other.example)", "@ann and @ann@far.example", "@bob\nhello"])
async def test_naming_others_in_private(instance: Instance, line: Line, text: str) -> None:
    """Whoever is named in a private post can read it, so no other name leaves in one; an address is no name."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.send(words(text))
    await connector.send(words("write to help@bank.example, or see https://bank.example/@us"))

    assert len(instance.sent) == 1


async def test_answered_post_is_gone(instance: Instance, line: Line) -> None:
    """In public, what answers a post that is gone does not leave, for it would stand alone; in private it does."""
    status = instance.say("hello?")
    connector = await line()
    instance.delete(status["id"])
    with pytest.raises(errors.Refused):
        await connector.send(reply(status))
    await connector.send(words("Bonjour", in_reply_to=status["id"]))

    assert [(one["visibility"], one.get("in_reply_to_id")) for one in instance.sent] == [("direct", None)]


async def test_warning(instance: Instance, line: Line) -> None:
    """The contact's warning stands over the answer too, unless there is no room for it."""
    status = instance.say("hello?", spoiler_text="argent")
    connector = await line()
    await connector.send(reply(status, key="1"))
    await connector.send(reply(status, "x" * 468, key="2", to=wire.Person("7", username="a" * 30)))

    assert [one["spoiler_text"] for one in instance.sent] == ["argent", ""]


async def test_instance_limits(instance: Instance, line: Line) -> None:
    """How long a text may be, and what a link counts, is what the instance says."""
    instance.about = {"configuration": {"statuses": {"max_characters": 132, "characters_reserved_per_url": 10}}}
    connector = await line()
    limit = connector.capabilities(spot(is_public=True)).limit
    link = f"https://bank.example/{'x' * 200}"

    assert (limit, connector.count(link)) == (100, 10)
    with pytest.raises(errors.Refused):
        await connector.send(words("x" * 101))
    instance.about["configuration"]["statuses"]["max_characters"] = 1000
    await connector.send(words(f"{'x' * 89} {link}"))
    assert len(instance.sent) == 1


@pytest.mark.parametrize(
    "about",
    [
        {"configuration": {"statuses": {"max_characters": 5_000}}, "urls": {"streaming_api": "ws://127.0.0.1:1"}},
        {"configuration": {"statuses": {"max_characters": 5_000}}},
    ],
)
async def test_old_instance(instance: Instance, line: Line, about: dict[str, Any]) -> None:
    """An instance that knows only the older way of telling about itself is understood."""
    instance.has_v2, instance.about = False, about
    connector = await line()

    assert connector.capabilities(spot(is_public=False)).limit == 4_968


@pytest.mark.parametrize("about", [[], {"configuration": 3}, {"configuration": {"statuses": {"max_characters": 0}}}])
async def test_unreadable_instance(instance: Instance, line: Line, about: Any) -> None:
    """An instance that tells nothing readable of itself is asked again later."""
    instance.about = about
    with pytest.raises(errors.TryLater):
        await line()


async def test_half_a_character(instance: Instance, line: Line) -> None:
    """A text that cannot be written as one is refused before it leaves."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.send(words("half \ud83d"))

    assert instance.sent == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.Refused),
        (401, errors.Reauthorize),
        (403, errors.Refused),
        (404, errors.NotFound),
        (410, errors.NotFound),
        (422, errors.Refused),
        (429, errors.TryLater),
        (500, errors.Uncertain),
        (503, errors.TryLater),
        (302, errors.Refused),
    ],
)
async def test_refusals(instance: Instance, line: Line, status: int, kind: type[errors.ComptoirError]) -> None:
    """What Mastodon says has its remedy, and a refusal says in Mastodon's words why."""
    connector = await line()
    instance.instead.append(refused(status, "the reason why"))
    with pytest.raises(errors.ComptoirError) as raised:
        await connector.send(words("x"))

    assert type(raised.value) is kind
    assert status not in {400, 403, 404, 422} or "the reason why" in raised.value.message
    assert instance.sent == []


@pytest.mark.parametrize("body", [HTML, '{"id": "5"', "[]", "{}", "3", "", '{"id": "5"}'])
@pytest.mark.parametrize("status", [200, 403, 502])
async def test_unreadable_answers(instance: Instance, line: Line, body: str, status: int) -> None:
    """When the answer is none of Mastodon's, the words may have gone out."""
    connector = await line()
    instance.instead.append(web.Response(text=body, status=status))
    with pytest.raises(errors.Uncertain):
        await connector.send(words("x"))


async def test_looking(instance: Instance, line: Line) -> None:
    """After a lost answer the words are found among our latest, however Mastodon has set them; others are not taken for them."""
    status = instance.say("hello?")
    connector = await line()
    text = "Bonjour <Ann> &  merci\n\nà bientôt"
    await connector.send(reply(status, "Bonjour", key="1"))
    instance.posts_lost = 1
    with pytest.raises(errors.Uncertain):
        await connector.send(reply(status, text, key="2"))
    found = await connector.find(reply(status, text, key="2"))
    with pytest.raises(errors.Uncertain):
        await connector.find(reply(status, "Bonsoir", key="3"))
    with pytest.raises(errors.Uncertain):
        await connector.find(reply(status, text, key="2", is_public=False))

    assert found
    assert found.external_id == instance.sent[-1]["id"]


async def test_the_same_words_again(instance: Instance, line: Line) -> None:
    """Words that have their receipt are not taken for the same words whose answer was lost."""
    status = instance.say("hello?")
    connector = await line()
    await connector.send(reply(status, key="1"))
    instance.instead_of_posts.append(web.Response(text=HTML, status=502))
    with pytest.raises(errors.Uncertain):
        await connector.send(reply(status, key="2"))
    with pytest.raises(errors.Uncertain):
        await connector.find(reply(status, key="2"))


@pytest.mark.parametrize("body", ["{}", "[3]", "[{}]", "null"])
async def test_looking_at_nonsense(instance: Instance, line: Line, body: str) -> None:
    """A list of our latest that cannot be read proves nothing."""
    connector = await line()
    instance.instead.append(web.Response(text=body))
    with pytest.raises((errors.Uncertain, errors.TryLater)):
        await connector.find(words("x"))


async def test_what_may_be_done(line: Line) -> None:
    """A public post can be answered in private; any can be liked, our words changed and removed; nobody hides another's."""
    connector = await line()
    public, private = (connector.capabilities(spot(is_public=is_public)).acts for is_public in (True, False))

    assert set(public) == {"private_reply", "like", "edit", "delete"}
    assert set(private) == {"like", "edit", "delete"}
    assert all(permission.is_allowed for permission in public.values())


async def acts(connector: Connector, act: str, message_id: str, text: str = "") -> None:
    await connector.act(wire.Deed(act, message_id, "direct:7", text))


async def test_like(instance: Instance, line: Line) -> None:
    """A post is liked, and not liked any more."""
    status = instance.say("hello?")
    connector = await line()
    for act in ("like", "unlike"):
        await acts(connector, act, status["id"])

    assert [path.rpartition("/")[2] for method, path, _ in instance.asked if method == "POST"] == [
        "favourite",
        "unfavourite",
    ]


async def test_delete(instance: Instance, line: Line) -> None:
    """Words of ours are removed; removing them twice is the same."""
    connector = await line()
    receipt = await connector.send(words("x"))
    for _ in range(2):
        await acts(connector, "delete", receipt.external_id)

    assert receipt.external_id not in instance.statuses


async def test_edit(instance: Instance, line: Line) -> None:
    """Words of ours are changed; whom they named stays named, and in private nobody else is."""
    connector = await line()
    receipt = await connector.send(words("helo"))
    await acts(connector, "edit", receipt.external_id, "hello")
    for text in ("hello @bob", "x" * 469, "half \ud83d"):
        with pytest.raises(errors.Refused):
            await acts(connector, "edit", receipt.external_id, text)

    assert [body["status"] for method, _, body in instance.asked if method == "PUT"] == ["@ann@far.example hello"]


@pytest.mark.parametrize("act", ["hide", "unhide", "dance"])
async def test_unknown_acts(line: Line, act: str) -> None:
    """What Mastodon does not know is refused."""
    with pytest.raises(errors.Refused):
        await acts(await line(), act, "5")


async def test_like_of_what_is_gone(line: Line) -> None:
    """What is gone cannot be liked."""
    with pytest.raises(errors.Refused):
        await acts(await line(), "like", "404")


async def test_ids_stay_ids(instance: Instance, line: Line) -> None:
    """An id cannot lead to another address of the interface."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await acts(connector, "like", "../accounts/7?x=")

    assert instance.asked[-1][1].startswith("v1/statuses/")


async def test_two_at_once(instance: Instance, line: Line) -> None:
    """The same key at the same time is one post."""
    connector = await line()
    receipts = await asyncio.gather(*(connector.send(words("once")) for _ in range(5)))

    assert len({one.external_id for one in receipts}) == 1
    assert len(instance.sent) == 1


async def test_a_whole_conversation(instance: Instance, line: Line) -> None:
    """A question in private, our answer, and the thanks for it are one conversation."""
    connector = await line()
    async with listening(connector, None) as batches:
        asked = instance.say("hello?", ANN, "direct")
        (question,) = (await hear(batches, 1))[0].messages
        receipt = await connector.send(
            wire.OutboundMessage("k", question.conversation_id, "hello!", False, question.external_id, question.author)
        )
        instance.stream("notification", json.dumps({"id": "9000", "type": "mention", "status": asked | {"id": "9001"}}))
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        instance.say("thanks", ANN, "direct", in_reply_to_id=receipt.external_id)
        thanks = [message for batch in await waiting for message in batch.messages][-1]

    assert question.author == msgspec.structs.replace(PERSON, avatar_url="https://far.example/a.png")
    assert instance.sent[0]["in_reply_to_id"] == asked["id"]
    assert (question.conversation_id, receipt.conversation_id) == (thanks.conversation_id, "")


async def test_nobody_else_is_told(instance: Instance, line: Line) -> None:
    """Who is in a public thread besides is not named by us."""
    bob = instance.say("hello?", BOB)
    ann = instance.say("me too", in_reply_to_id=bob["id"])
    await (await line()).send(reply(ann))

    assert instance.sent[0]["status"] == "@ann@far.example Bonjour"
