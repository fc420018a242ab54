"""What every connector promises, as one suite. A connector passes it by telling it how to play the network's side.

A connector's tests say:

    class TestManifest(contract.ManifestIsComplete): ...
    class TestHearing(contract.Hearing): ...     when its manifest hears by poll, long poll or stream
    class TestHooks(contract.Hooks): ...         when it hears by webhook
    class TestKeeping(contract.Keeping): ...
    class TestSending(contract.Sending): ...     when it can send

and give one fixture, `far`: a fresh `far_side.FarSide` for each test. What a network cannot do is a method that raises
`NotOnThisNetwork`; the promise is then skipped, and the reason is shown.
"""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from bot import errors, wire
from bot.connectors import registry
from tests.connectors.enclosing import Enclosing
from tests.connectors.far_side import (
    REMEDY_WHEN_HEARING,
    REMEDY_WHEN_SENDING,
    WAIT,
    FarSide,
    NotOnThisNetwork,
    Trouble,
    able,
    found_by,
    hear,
    keeps_secrets,
    listening,
    opened,
    spot,
    texts,
)


class ManifestIsComplete:
    """The manifest says all that people and the outbox need, and the connector keeps to it."""

    def test_names(self, far: FarSide) -> None:
        """The manifest bears the network's name and a title to show."""
        manifest = registry.networks()[far.network]

        assert manifest.network == far.network
        assert manifest.title

    def test_help(self, far: FarSide) -> None:
        """Every setting explains itself in French and in English, in different words."""
        settings = registry.networks()[far.network].settings

        assert all(set(setting.help) == {"fr", "en"} for setting in settings)
        assert all(setting.help["fr"] != setting.help["en"] for setting in settings)

    def test_secrets_have_no_default(self, far: FarSide) -> None:
        """No secret has a value that everybody knows."""
        settings = registry.networks()[far.network].settings

        assert [setting.name for setting in settings if setting.is_secret and setting.default] == []

    def test_quality_card(self, far: FarSide) -> None:
        """Each point of the quality card is done, to do, or exempt for a reason."""
        card = registry.networks()[far.network].quality

        assert card
        assert [
            point
            for point, state in card.items()
            if state not in {"done", "todo"} and len(state.partition(": ")[2]) < 10
        ] == []

    def test_rates(self, far: FarSide) -> None:
        """No conversation is allowed more than the whole channel."""
        manifest = registry.networks()[far.network]

        assert 0 < manifest.rate_per_conversation <= manifest.rate
        assert 0 <= manifest.rate_per_group <= manifest.rate

    def test_limit_and_count(self, far: FarSide) -> None:
        """What agents are told about length is the manifest's limit, counted by the network's rule."""
        connector = far.connect()
        limits = {connector.capabilities(spot(is_public=is_public)).limit for is_public in (True, False)}

        assert max(limits) == connector.manifest.limit
        assert connector.count("") == 0
        assert connector.count("abc") < connector.count("abcd")

    def test_secrets_are_not_shown(self, far: FarSide) -> None:
        """Neither connector nor account shows a secret to whoever prints it."""
        connector = far.connect()

        assert far.secrets
        assert keeps_secrets(far, connector, connector.account)


class Hearing:
    """Nothing is lost and nothing comes twice, whenever the process ends."""

    async def test_order(self, far: FarSide) -> None:
        """Messages come in the order in which they were said, with distinct ids in one conversation."""
        said = [await far.say(text) for text in ("one", "two", "three")]
        async with opened(far) as connector, listening(connector, None) as batches:
            heard = await hear(batches, 3)
        messages = [message for batch in heard for message in batch.messages]

        assert said == [message.external_id for message in messages]
        assert texts(heard) == ["one", "two", "three"]
        assert len({message.conversation_id for message in messages}) == 1
        assert all(message.act is wire.Act.SAID and not message.is_own for message in messages)

    async def test_live(self, far: FarSide) -> None:
        """What is said while we listen arrives without a new start."""
        async with opened(far) as connector, listening(connector, None) as batches:
            waiting = asyncio.create_task(hear(batches, 1))
            await far.say("now")

            assert texts(await waiting) == ["now"]

    async def test_uncommitted_comes_again(self, far: FarSide) -> None:
        """A batch after which nobody asked for more was perhaps not committed: it comes again after a restart."""
        await far.say("one")
        async with opened(far) as connector, listening(connector, None) as batches:
            first = await hear(batches, 1)
        async with opened(far) as connector, listening(connector, None) as batches:
            second = await hear(batches, 1)

        assert texts(first) == ["one"]
        assert first[0].messages == second[0].messages

    async def test_committed_does_not_come_again(self, far: FarSide) -> None:
        """Started from the cursor of what is committed, a connector brings only what came after it."""
        await far.say("one")
        async with opened(far) as connector, listening(connector, None) as batches:
            heard = await hear(batches, 1)
        await far.say("two")
        async with opened(far) as connector, listening(connector, heard[-1].cursor) as batches:
            after = await hear(batches, 1)

        assert heard[-1].cursor
        assert texts(after) == ["two"]

    async def test_goes_on(self, far: FarSide) -> None:
        """Asking for the next batch brings the next words, not the same again."""
        await far.say("one")
        async with opened(far) as connector, listening(connector, None) as batches:
            first = await hear(batches, 1)
            await far.say("two")
            second = await hear(batches, 1)

        assert (texts(first), texts(second)) == (["one"], ["two"])
        assert first[-1].cursor != second[-1].cursor

    async def test_one_bad_payload(self, far: FarSide) -> None:
        """What cannot be read is handed over as it came, and stops neither what was before nor what comes after."""
        await far.say("before")
        await able(far.babble())
        await far.say("after")
        async with opened(far) as connector, listening(connector, None) as batches:
            heard = await hear(batches, 3)
            await far.say("later")
            later = await hear(batches, 1)
        unreadable = [bad for batch in heard for bad in batch.unreadable]

        assert texts(heard) == ["before", "after"]
        assert len(unreadable) == 1
        assert unreadable[0].raw
        assert unreadable[0].reason
        assert texts(later) == ["later"]

    async def test_edit(self, far: FarSide) -> None:
        """An edit bears the id of what it changes and a version of its own; two edits are two."""
        said = await far.say("helo")
        await able(far.edit(said, "hello"))
        await far.edit(said, "hello!")
        async with opened(far) as connector, listening(connector, None) as batches:
            heard = await hear(batches, 3)
        first, *edits = [message for batch in heard for message in batch.messages]

        assert first.version == ""
        assert [(said, wire.Act.EDITED)] * 2 == [(edit.external_id, edit.act) for edit in edits]
        assert [edit.text for edit in edits] == ["hello", "hello!"]
        assert len({first.version, *(edit.version for edit in edits)}) == 3

    async def test_deletion(self, far: FarSide) -> None:
        """A deletion bears the id of what is gone."""
        said = await far.say("regretted")
        await able(far.delete(said))
        async with opened(far) as connector, listening(connector, None) as batches:
            heard = await hear(batches, 2)
        gone = heard[-1].messages[-1]

        assert (said, wire.Act.DELETED) == (gone.external_id, gone.act)

    @pytest.mark.parametrize("kind", REMEDY_WHEN_HEARING)
    async def test_trouble(self, far: FarSide, kind: Trouble) -> None:
        """Whatever the network does, the error is ours, names the remedy and no secret; afterwards nothing is missing."""
        async with opened(far) as connector:
            await far.say("one")
            await able(far.trouble(kind))
            async with listening(connector, None) as batches:
                with pytest.raises(errors.ComptoirError) as raised:
                    await hear(batches, 1)
            await far.recover()
            async with listening(connector, None) as batches:
                heard = await hear(batches, 1)

        assert REMEDY_WHEN_HEARING[kind] is type(raised.value)
        assert keeps_secrets(far, raised.value)
        assert texts(heard) == ["one"]

    async def test_told_to_wait(self, far: FarSide) -> None:
        """When the network says how long to wait, the error says so too."""
        async with opened(far) as connector:
            await far.say("one")
            await able(far.trouble(Trouble.RATE_LIMIT))
            async with listening(connector, None) as batches:
                with pytest.raises(errors.TryLater) as raised:
                    await hear(batches, 1)

        assert raised.value.after >= WAIT

    async def test_health(self, far: FarSide) -> None:
        """A look at the account says connected while all is well, and bad credentials once they are refused."""
        async with opened(far) as connector:
            well = await connector.probe()
            await able(far.trouble(Trouble.BAD_CREDENTIALS))
            ill = await connector.probe()

        assert wire.Health.CONNECTED is well.state
        assert wire.Health.BAD_CREDENTIALS is ill.state
        assert ill.reason
        assert keeps_secrets(far, ill)


class Hooks:
    """Requests at our door."""

    async def test_signed(self, far: FarSide) -> None:
        """A rightly signed request brings its message, and is answered with success."""
        async with opened(far) as connector:
            answer = connector.accept(far.hook("by hook"))

        assert texts([answer.batch]) == ["by hook"]
        assert 200 <= answer.status < 300

    async def test_again(self, far: FarSide) -> None:
        """The same request again brings the same message, id for id, so that the desk can see that it is the same."""
        async with opened(far) as connector:
            first = connector.accept(far.hook("by hook")).batch
            again = connector.accept(far.hook("by hook")).batch

        assert [one.external_id for one in first.messages] == [one.external_id for one in again.messages]

    async def test_forged(self, far: FarSide) -> None:
        """What does not bear our signature is not allowed, whatever is wrong with it."""
        forged = far.forged_hooks()
        async with opened(far) as connector:
            for request in forged:
                with pytest.raises(errors.NotAllowed) as raised:
                    connector.accept(request)

                assert keeps_secrets(far, raised.value)

        assert len(forged) >= 2

    async def test_broken(self, far: FarSide) -> None:
        """A signed request whose body is none of this network's is refused as invalid."""
        broken = far.broken_hooks()
        async with opened(far) as connector:
            for request in broken:
                with pytest.raises(errors.Invalid):
                    connector.accept(request)

        assert len(broken) >= 2

    async def test_forged_is_refused_before_it_is_read(self, far: FarSide) -> None:
        """Who is not allowed learns nothing of what else is wrong with his request."""
        async with opened(far) as connector:
            for request in far.forged_hooks():
                with pytest.raises(errors.NotAllowed):
                    connector.accept(replace(request, body=b"{"))

    async def test_unreadable(self, far: FarSide) -> None:
        """A request of the network's that cannot be read is kept as it came, and taken, so that it is not sent for ever."""
        try:
            request = far.babbling_hook()
        except NotOnThisNetwork as reason:
            pytest.skip(str(reason))
        async with opened(far) as connector:
            answer = connector.accept(request)

        assert 200 <= answer.status < 300
        assert answer.batch.messages == ()
        assert len(answer.batch.unreadable) == 1


class Keeping:
    """What was set aside is translated again once it can be."""

    async def test_readable_now(self, far: FarSide) -> None:
        """A kept payload that the connector has learned to read gives its message."""
        async with opened(far) as connector:
            again = connector.reread(far.kept("understood at last"))

        assert texts([again]) == ["understood at last"]
        assert again.unreadable == ()

    async def test_still_unreadable(self, far: FarSide) -> None:
        """A kept payload that still cannot be read is refused as invalid, with a sentence."""
        async with opened(far) as connector:
            for raw in (b"", b"{", b"{}", b"3", b"\xff\xfe", b"[" * 100_000):
                with pytest.raises(errors.Invalid) as raised:
                    connector.reread(raw)

                assert raised.value.message


class Sending(Enclosing):
    """Words of ours go out once, or we know why not, or we know that we do not know."""

    async def test_receipt(self, far: FarSide) -> None:
        """The receipt bears the id under which the network has the words, and the words arrive unchanged."""
        async with opened(far) as connector:
            receipt = await connector.send(far.outbound("Bonjour 👋 <b>&"))

        assert [taken.text for taken in far.taken()] == ["Bonjour 👋 <b>&"]
        assert receipt.external_id == far.taken()[0].external_id

    async def test_reply(self, far: FarSide) -> None:
        """A reply goes into the conversation of what it answers, and says which words it answers."""
        said = await far.say("hello?")
        async with opened(far) as connector, listening(connector, None) as batches:
            heard = (await hear(batches, 1))[0].messages[0]
            words = {"conversation_id": heard.conversation_id, "in_reply_to": heard.external_id}
            await connector.send(msgspec.structs.replace(far.outbound("hello!"), **words))
        taken = far.taken()[-1]

        assert (heard.conversation_id, said) == (taken.conversation_id, taken.in_reply_to)

    async def test_too_long(self, far: FarSide) -> None:
        """A text at the limit goes out; one that is longer is refused before it leaves."""
        async with opened(far) as connector:
            limit = connector.capabilities(spot(is_public=far.outbound("").is_public)).limit
            await connector.send(far.outbound("x" * limit))
            with pytest.raises(errors.Refused):
                await connector.send(far.outbound("x" * (limit + 1), key="key-2"))

            assert limit == connector.count("x" * limit)
        assert ["x" * limit] == [taken.text for taken in far.taken()]

    @pytest.mark.parametrize("kind", REMEDY_WHEN_SENDING)
    async def test_trouble(self, far: FarSide, kind: Trouble) -> None:
        """Each trouble has its remedy; only when the answer was lost may the words be there all the same."""
        async with opened(far) as connector:
            await able(far.trouble(kind))
            with pytest.raises(errors.ComptoirError) as raised:
                await connector.send(far.outbound("once"))
            await far.recover()

        assert REMEDY_WHEN_SENDING[kind] is type(raised.value)
        assert keeps_secrets(far, raised.value)
        if REMEDY_WHEN_SENDING[kind] is not errors.Uncertain:
            assert far.taken() == []

    async def test_told_to_wait(self, far: FarSide) -> None:
        """When the network says how long to wait, the error says so too; afterwards the same words go out once."""
        async with opened(far) as connector:
            await able(far.trouble(Trouble.RATE_LIMIT))
            with pytest.raises(errors.TryLater) as raised:
                await connector.send(far.outbound("once"))
            await far.recover()
            await connector.send(far.outbound("once"))

        assert raised.value.after >= WAIT
        assert [taken.text for taken in far.taken()] == ["once"]

    async def test_look_before_again(self, far: FarSide) -> None:
        """After a lost answer, a look finds the words, or says that it cannot know; never that they are not there."""
        async with opened(far) as connector:
            await able(far.trouble(Trouble.LOST_ANSWER))
            with pytest.raises(errors.Uncertain):
                await connector.send(far.outbound("once"))
            await far.recover()
            found = await found_by(connector, far.outbound("once"))

        assert [taken.text for taken in far.taken()] == ["once"]
        assert found in {far.taken()[0].external_id, "cannot know"}

    async def test_same_key(self, far: FarSide) -> None:
        """Where the network takes a key, the same key twice is one message with one receipt."""
        async with opened(far) as connector:
            if not connector.manifest.is_idempotent:
                pytest.skip(f"{far.network} takes no key")
            first = await connector.send(far.outbound("once"))
            again = await connector.send(far.outbound("once"))

        assert first.external_id == again.external_id
        assert len(far.taken()) == 1

    async def test_after_closing(self, far: FarSide) -> None:
        """A connector that is closed can be opened again, and closing twice does no harm."""
        connector = far.connect()
        await connector.open()
        await connector.close()
        await connector.close()
        await connector.open()
        await connector.send(far.outbound("again"))
        await connector.close()

        assert [taken.text for taken in far.taken()] == ["again"]
