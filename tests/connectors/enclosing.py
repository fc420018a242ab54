"""What every connector promises about files that leave with words. Part of the contract: `contract.Sending` is `Enclosing` too.

The promises are kept where the network takes files, at the spot of `FarSide.outbound`; elsewhere they are skipped.
"""

import io
from collections.abc import Sequence

import msgspec
import pytest
from PIL import Image

from bot import errors, wire
from bot.connectors.base import Connector
from tests.connectors.far_side import FarSide, TakenFile, Trouble, able, found_by, keeps_secrets, opened, spot

COLOURS = ("red", "green", "blue", "white")
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
# What the first request may meet, and what it asks us to do, whether that was an upload or the words themselves.
AT_ONCE = {
    Trouble.RATE_LIMIT: errors.TryLater,
    Trouble.BAD_CREDENTIALS: errors.Reauthorize,
    Trouble.REFUSAL: errors.Refused,
    Trouble.UNREACHABLE: errors.TryLater,
}


def rules_of(far: FarSide, connector: Connector) -> wire.FileRules:
    """What may be enclosed where the contract speaks; without files on this network its promise is skipped."""
    rules = connector.capabilities(spot(is_public=far.outbound("").is_public)).files
    if not rules.most:
        pytest.skip(f"{far.network} takes no files there")
    return rules


def pictures(rules: wire.FileRules, count: int) -> tuple[wire.Enclosure, ...]:
    """So many small pictures, each of another colour, of a kind that the network takes."""
    kind = next(kind for kind in FORMATS if kind in rules.kinds)
    return tuple(drawn(colour, kind) for colour in COLOURS[:count])


def drawn(colour: str, kind: str = "image/png") -> wire.Enclosure:
    """A small picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, FORMATS[kind])
    ending = kind.partition("/")[2].replace("jpeg", "jpg")
    return wire.Enclosure(f"{colour}.{ending}", kind, out.getvalue(), f"all {colour}", 60, 40)


def enclosed(far: FarSide, text: str, files: Sequence[wire.Enclosure]) -> wire.OutboundMessage:
    return msgspec.structs.replace(far.outbound(text), files=tuple(files))


def taken_files(far: FarSide) -> list[TakenFile]:
    return [file for taken in far.taken() for file in taken.files]


def taken_texts(far: FarSide) -> list[str]:
    return [taken.text for taken in far.taken() if taken.text]


class Enclosing:
    """Files leave with their words, whole and once; or nothing leaves, and we know why."""

    async def test_a_file_leaves_with_its_words(self, far: FarSide) -> None:
        """The network has the words once and the very bytes, and what the picture shows where it can be said."""
        async with opened(far) as connector:
            rules = rules_of(far, connector)
            files = pictures(rules, 1)
            receipt = await connector.send(enclosed(far, "Here it is", files))

        assert taken_texts(far) == ["Here it is"]
        assert [(files[0].kind, files[0].body)] == [(file.kind, file.body) for file in taken_files(far)]
        assert taken_files(far)[0].alt == (files[0].alt if rules.has_alt else "")
        assert receipt.external_id in {taken.external_id for taken in far.taken()}

    async def test_several_files_keep_their_order(self, far: FarSide) -> None:
        """As many files as may leave together arrive in the order in which they were given."""
        async with opened(far) as connector:
            rules = rules_of(far, connector)
            files = pictures(rules, min(rules.most, len(COLOURS)))
            await connector.send(enclosed(far, "Look", files))

        assert taken_texts(far) == ["Look"]
        assert [file.body for file in files] == [file.body for file in taken_files(far)]

    async def test_a_file_needs_no_words(self, far: FarSide) -> None:
        """A file alone is an answer."""
        async with opened(far) as connector:
            (file,) = pictures(rules_of(far, connector), 1)
            await connector.send(enclosed(far, "", [file]))

        assert taken_texts(far) == []
        assert [file.body] == [taken.body for taken in taken_files(far)]

    async def test_what_the_network_does_not_take_never_leaves(self, far: FarSide) -> None:
        """One file too many, one of another kind, one that is too large: refused, and nothing is said."""
        async with opened(far) as connector:
            rules = rules_of(far, connector)
            (file,) = pictures(rules, 1)
            heavy = msgspec.structs.replace(file, body=file.body + bytes(rules.kinds[file.kind]))
            strange = msgspec.structs.replace(file, kind="image/svg+xml")
            for files in ([file] * (rules.most + 1), [strange], [heavy]):
                with pytest.raises(errors.Refused) as raised:
                    await connector.send(enclosed(far, "never", files))

                assert raised.value.message

        assert far.taken() == []

    @pytest.mark.parametrize("kind", AT_ONCE)
    async def test_trouble_at_the_first_request(self, far: FarSide, kind: Trouble) -> None:
        """An upload that fails leaves nothing said, and the remedy is named; words have not left yet."""
        async with opened(far) as connector:
            files = pictures(rules_of(far, connector), 1)
            await able(far.trouble(kind))
            with pytest.raises(errors.ComptoirError) as raised:
                await connector.send(enclosed(far, "once", files))
            await far.recover()

        assert AT_ONCE[kind] is type(raised.value)
        assert keeps_secrets(far, raised.value)
        assert far.taken() == []

    @pytest.mark.parametrize("kind", [Trouble.LOST_ANSWER, Trouble.NONSENSE])
    async def test_an_answer_that_is_lost(self, far: FarSide, kind: Trouble) -> None:
        """Either nothing was said yet, and the same again is said once; or a look tells, or says that it cannot know."""
        async with opened(far) as connector:
            message = enclosed(far, "once", pictures(rules_of(far, connector), 1))
            await able(far.trouble(kind))
            with pytest.raises((errors.TryLater, errors.Uncertain)) as raised:
                await connector.send(message)
            await far.recover()
            if isinstance(raised.value, errors.TryLater):
                assert far.taken() == []
                await connector.send(message)
            elif far.taken():
                assert await found_by(connector, message) in {far.taken()[0].external_id, "cannot know"}
            else:
                assert await found_by(connector, message) in {"not there", "cannot know"}
                return

        assert taken_texts(far) == ["once"]
        assert len(taken_files(far)) == 1

    async def test_the_same_key_with_files(self, far: FarSide) -> None:
        """Where the network takes a key, the same words and files twice are one message with one receipt."""
        async with opened(far) as connector:
            if not connector.manifest.is_idempotent:
                pytest.skip(f"{far.network} takes no key")
            message = enclosed(far, "once", pictures(rules_of(far, connector), 1))
            first = await connector.send(message)
            again = await connector.send(message)

        assert first.external_id == again.external_id
        assert taken_texts(far) == ["once"]
        assert len(taken_files(far)) == 1
