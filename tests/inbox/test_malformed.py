"""What no browser sends is answered as what it is: the sender's mistake, never ours."""

import asyncio

import pytest

from bot.desk import tagging
from tests import world
from tests.inbox.conftest import House, Visitor
from tests.world import actor

FORM = b"application/x-www-form-urlencoded"


async def _status(house: House, method: bytes, path: bytes, headers: dict[bytes, bytes], body: bytes = b"") -> int:
    """The status that these very bytes are answered with."""
    reader, writer = await asyncio.open_connection(house.client.host, house.client.port)
    told = {b"Host": b"localhost", b"Content-Length": b"%d" % len(body), b"Connection": b"close", **headers}
    lines = [b"%b %b HTTP/1.1" % (method, path), *(b"%b: %b" % pair for pair in told.items()), b"", body]
    writer.write(b"\r\n".join(lines))
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split(b" ", 2)[1])


def _cookie(visitor: Visitor) -> bytes:
    return b"comptoir=%b" % visitor.secret.encode()


async def _ticket(house: House) -> int:
    bank = await house.engine.database.write(world.open_bank)
    return await house.engine.database.write(bank.hear)


PARTS = {b"Sec-Fetch-Site": b"none", b"Content-Type": b"multipart/form-data; boundary=x"}


def _part(header: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; name=email\r\n" + header + b"\r\n\r\na\r\n--x--\r\n"


async def test_malformed_requests_are_refused_and_never_fail(house: House) -> None:
    """Bytes that are no text, an encoding that does not exist, an origin that is none, numbers without end: all below 500."""
    agent = await house.signed_in("supervisor")
    own = {b"Cookie": _cookie(agent), b"Sec-Fetch-Site": b"same-origin", b"Content-Type": FORM}
    token = b"_csrf=%b&" % agent.csrf.encode()
    answers = {
        "cookie": await _status(house, b"GET", b"/profile", {b"Cookie": b"comptoir=\xff\xfe"}),
        "charset": await _status(house, b"POST", b"/sign-in", {b"Sec-Fetch-Site": b"none", b"Content-Type": FORM + b"; charset=nope"}, b"email=a"),  # noqa: E501
        "half characters": await _status(house, b"POST", b"/sign-in", {b"Sec-Fetch-Site": b"none", b"Content-Type": FORM + b"; charset=utf-7"}, b"email=+2AA-&password=+2AA-"),  # noqa: E501
        "origin": await _status(house, b"POST", b"/sign-in", {b"Origin": b"http://[", b"Content-Type": FORM}, b"email=a"),
        "token": await _status(house, b"POST", b"/profile/absence", {**own, b"X-CSRF-Token": b"\xff"}, b"a=b"),
        "2^63": await _status(house, b"POST", b"/tickets/1/replies", own, token + b"text=a&key=k&seen=9223372036854775808"),
        "5,000 digits": await _status(house, b"POST", b"/tickets/closures", own, token + b"ticket=" + b"9" * 5_000),
        "a NUL": await _status(house, b"POST", b"/tickets/1/notes", own, token + b"text=a%00b"),
        "a NUL as a tag": await _status(house, b"POST", b"/tickets/%b/tags/%%00" % str(await _ticket(house)).encode(), own, token + b"_method=DELETE"),  # noqa: E501
        "a NUL in a view": await _status(house, b"GET", b"/views/all?tag=%00", own),
        "half a character in a view": await _status(house, b"GET", b"/views/all?tag=%ED%A0%80", own),
        "a far place": await _status(house, b"GET", b"/views/all?after=1." + b"9" * 30, own),
        "a secret of bytes": await _status(house, b"GET", b"/invitations?token=%ff%00", {}),
        "a part's endless header": await _status(house, b"POST", b"/sign-in", PARTS, _part(b"X-A: " + b"a" * 9_000)),
        "a part's many headers": await _status(house, b"POST", b"/sign-in", PARTS, _part(b"\r\n".join([b"X-A: a"] * 300))),
        "a part's odd encoding": await _status(house, b"POST", b"/sign-in", PARTS, _part(b"Content-Transfer-Encoding: odd")),
        "metrics": await _status(house, b"GET", b"/metrics", {b"Authorization": b"Bearer \xff"}),
    }  # fmt: skip
    assert {what: status for what, status in answers.items() if status >= 500} == {}
    assert (answers["charset"], answers["origin"], answers["token"]) == (422, 403, 403)
    assert answers["half characters"] == 422


@pytest.mark.parametrize("field", ["seen", "canned"])
@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 5_000])
async def test_a_number_that_no_database_keeps_is_refused_with_its_field(house: House, field: str, number: str) -> None:
    """Nineteen digits are too many, and the answer is a mistake in the form."""
    bank = await house.engine.database.write(world.open_bank)
    ticket_id = await house.engine.database.write(bank.hear)
    sofia = await house.signed_in(agent_id=bank.sofia)

    answer = await sofia.post(f"/tickets/{ticket_id}/replies", {"text": "Bonjour", "key": "k", field: number})

    assert answer.status == 422


async def test_a_tag_cannot_be_made_to_look_like_another(house: House) -> None:
    """Marks that turn the reading direction do not come into a name."""
    bank = await house.engine.database.write(world.open_bank)
    ticket_id = await house.engine.database.write(bank.hear)
    sofia = await house.signed_in(agent_id=bank.sofia)

    answer = await sofia.post(f"/tickets/{ticket_id}/tags", {"name": "\u202efra\u200eude\u2066"})

    ticket = await house.engine.database.write(lambda tx: tagging.add(tx, ticket_id, "fraude", by=actor(bank.sofia)))
    assert answer.status == 303
    assert ticket.tag_names == ("fraude",)
