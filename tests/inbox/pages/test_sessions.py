"""Signing in and out over HTTP, and sessions that end when they must."""

import asyncio
import statistics
import time
from datetime import timedelta

import pytest

from bot.desk import passwords, signing_in, staffing
from bot.model.event import SYSTEM
from bot.store import agents, sessions
from inbox.access import PORTER
from tests.inbox.conftest import PASSWORD, House, Visitor

EMAIL = "nadia@bank.example"


async def sign_in(
    house: House, password: str = PASSWORD, email: str = EMAIL, target: str = "/"
) -> tuple[int, str, Visitor]:
    """The status, where it leads, and the browser with what it was given."""
    visitor = house.stranger()
    answer = await visitor.post("/sign-in", {"email": email, "password": password, "next": target})
    if "Set-Cookie" in answer.headers:
        visitor.secret = answer.cookies["comptoir"].value
    return answer.status, answer.headers.get("Location", ""), visitor


async def test_the_right_password_opens_the_desk(house: House) -> None:
    """The browser gets one cookie out of scripts' reach, and goes where it wanted; the secret is in no address."""
    await house.hire(email=EMAIL)
    answer = await house.stranger().post(
        "/sign-in", {"email": " NADIA@bank.example", "password": PASSWORD, "next": "/views/open"}
    )
    cookie = answer.cookies["comptoir"]
    assert (answer.status, answer.headers["Location"]) == (303, "/views/open")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert cookie["max-age"] == str(12 * 3600)
    status, _, nadia = await sign_in(house)
    assert status == 303
    assert (await nadia.get("/views/open")).status == 200


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong wrong wrong"), ("nobody@bank.example", PASSWORD), ("", ""), (EMAIL, "")]
)
async def test_whoever_is_not_let_in_learns_nothing(house: House, email: str, password: str) -> None:
    """A wrong password, an unknown address and nothing at all get the same page and no cookie."""
    await house.hire(email=EMAIL)
    answer = await house.stranger().post("/sign-in", {"email": email, "password": password, "next": "/"})
    text = await answer.text()
    assert answer.status == 401
    assert "L’adresse e-mail ou le mot de passe est incorrect." in text
    assert "Set-Cookie" not in answer.headers
    assert not password or password not in text
    assert "session.refused" in await house.kinds()


async def test_an_unknown_agent_takes_as_long_as_a_known_one(house: House) -> None:
    """The password is hashed in both cases, so the time tells nobody who works here: medians within a factor of three."""
    await house.hire(email=EMAIL)
    took: dict[str, list[float]] = {EMAIL: [], "nobody@bank.example": []}
    for _ in range(4):
        for email, times in took.items():
            begin = time.perf_counter()
            await sign_in(house, "wrong wrong wrong", email)
            times.append(time.perf_counter() - begin)
    known, unknown = (statistics.median(times) for times in took.values())
    assert known / 3 < unknown < known * 3


async def test_after_five_wrong_tries_the_account_waits(house: House) -> None:
    """The sixth try is not looked at, even with the right password; half a minute later it is."""
    await house.hire(email=EMAIL)
    for _ in range(5):
        assert (await sign_in(house, "wrong wrong wrong"))[0] == 401
    assert (await sign_in(house))[0] == 429
    house.clock.advance(timedelta(seconds=31))
    assert (await sign_in(house))[0] == 303


async def test_many_guesses_at_the_same_moment_are_all_counted(house: House) -> None:
    """Twenty at once are not twenty free tries: five are looked at."""
    await house.hire(email=EMAIL)
    answers = await asyncio.gather(*(sign_in(house, "wrong wrong wrong") for _ in range(20)))
    assert sorted(status for status, _, _ in answers) == [401] * 5 + [429] * 15


async def device_of(house: House) -> str:
    """What a browser keeps from which Nadia has signed in."""
    answer = await house.stranger().post("/sign-in", {"email": EMAIL, "password": PASSWORD, "next": "/"})
    cookie = answer.cookies["comptoir-device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", str(365 * 24 * 3600))
    return cookie.value


async def known_sign_in(house: House, device: str, password: str = PASSWORD, email: str = EMAIL) -> int:
    """The status of a try from that browser."""
    fields = {"email": email, "password": password, "next": "/"}
    return (await house.stranger().post("/sign-in", fields, Cookie=f"comptoir-device={device}")).status


async def test_who_guesses_elsewhere_locks_no_known_browser_out(house: House) -> None:
    """While an outsider holds the account, and the very address, shut, the browser that was there before gets in."""
    await house.hire(email=EMAIL)
    device = await device_of(house)
    for number in range(40):
        await sign_in(house, "wrong wrong wrong", EMAIL if number < 6 else f"x{number}@bank.example")

    assert (await sign_in(house))[0] == 429
    assert await known_sign_in(house, device) == 303
    assert (await sign_in(house))[0] == 429  # and the outsider has won nothing by it


async def test_a_known_browser_has_its_own_limit(house: House) -> None:
    """Whoever sits down at it may guess five times, as anywhere; the account elsewhere is not touched by that."""
    await house.hire(email=EMAIL)
    device = await device_of(house)
    tries = [await known_sign_in(house, device, "wrong wrong wrong") for _ in range(7)]

    assert tries == [401] * 5 + [429] * 2
    assert await known_sign_in(house, device) == 429
    assert (await sign_in(house))[0] == 303
    house.clock.advance(timedelta(seconds=31))
    assert await known_sign_in(house, device) == 303
    assert await known_sign_in(house, device, "wrong wrong wrong") == 401


async def test_a_browser_is_known_for_its_agents_only(house: House) -> None:
    """For another account, with a changed sign, or after the password has changed, it is a stranger like any."""
    other = "marc@bank.example"
    nadia_id = await house.hire(email=EMAIL)
    await house.hire(email=other)
    device = await device_of(house)
    for _ in range(5):
        await sign_in(house, "wrong wrong wrong")
        await sign_in(house, "wrong wrong wrong", other)

    assert await known_sign_in(house, device, email=other) == 429
    assert await known_sign_in(house, ("B" if device[0] == "A" else "A") + device[1:]) == 429
    assert await known_sign_in(house, device) == 303
    await house.engine.database.write(lambda tx: agents.change(tx, nadia_id, password_hash=passwords.hashed(PASSWORD)))
    assert await known_sign_in(house, device) == 429


async def test_who_is_signed_in_can_prove_it_while_the_account_is_shut(house: House) -> None:
    """Guesses from outside do not keep an agent from giving the password again; guesses in the session itself wait."""
    admin = await house.signed_in("admin")
    for _ in range(5):
        await sign_in(house, "wrong wrong wrong", "admin@bank.example")
    tries = [await admin.post("/session/proof", {"password": "wrong wrong wrong", "next": "/"}) for _ in range(4)]

    assert {answer.status for answer in tries} == {422}
    assert (await admin.post("/session/proof", {"password": PASSWORD, "next": "/agents"})).status == 303


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/%5cevil.example"])
async def test_nobody_is_led_to_another_site(house: House, target: str) -> None:
    """Whatever the link to the sign-in page said, one arrives on a page of this desk."""
    await house.hire(email=EMAIL)
    assert (await sign_in(house, target=target))[1] == "/"


async def test_signing_out_ends_the_session_and_clears_the_browser(house: House) -> None:
    """Afterwards the secret opens nothing, at once, and the browser is told to forget what it kept."""
    agent = await house.signed_in()
    answer = await agent.post("/session", method="DELETE")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies["comptoir"]["max-age"] == "0"
    assert (await agent.get("/views/open")).headers["Location"].startswith("/sign-in?next=")


async def test_a_page_that_was_wanted_is_found_again(house: House) -> None:
    """Who is signed out comes back, after signing in, to the page they asked for; a script is told with 401."""
    stranger = house.stranger()
    assert (await stranger.get("/views/open?tag=vip")).headers[
        "Location"
    ] == "/sign-in?next=%2Fviews%2Fopen%3Ftag%3Dvip"
    assert (await stranger.get("/views/open", X_Pieces="1")).status == 401
    assert (await stranger.get("/live", Accept="text/event-stream")).status == 401


async def test_a_disabled_agent_is_out_within_five_seconds(house: House) -> None:
    """Disabled by another process, the session dies here too as soon as it is looked at anew: after two seconds at most."""
    agent = await house.signed_in()
    assert (await agent.get("/profile")).status == 200
    await house.signed_in("admin")
    await house.engine.database.write(lambda tx: staffing.disable(tx, agent.agent_id, by=SYSTEM))
    assert await house.app[PORTER].living([agent.session_id]) == frozenset()
    assert house.app[PORTER].REMEMBERED <= 4
    house.look_anew()
    assert (await agent.get("/profile")).status == 303


async def test_an_unused_window_is_signed_out_and_its_own_calls_do_not_count(house: House) -> None:
    """Half an hour without its agent ends a session, though the window went on telling of itself."""
    agent, idle = await house.signed_in(), await house.signed_in("supervisor")
    for _ in range(4):
        house.clock.advance(timedelta(minutes=9))
        house.look_anew()
        assert (await agent.get("/profile")).status == 200
        await idle.post("/tickets/1/presence")
    assert (await agent.get("/profile")).status == 200
    assert (await idle.get("/profile")).status == 303


async def test_an_agent_sees_and_ends_own_sessions_only(house: House) -> None:
    """One's other devices can be ended; somebody else's session does not exist, unless one is an admin."""
    agent, other, admin = await house.signed_in(), await house.signed_in("supervisor"), await house.signed_in("admin")
    second = await house.signed_in(agent_id=agent.agent_id)
    assert f'id="session-{second.session_id}"' in await (await agent.get("/profile")).text()
    assert (await agent.post(f"/sessions/{other.session_id}", method="DELETE")).status == 404
    assert (await agent.post(f"/sessions/{second.session_id}", method="DELETE")).status == 303
    assert (await second.get("/profile")).status == 303
    assert (await admin.post(f"/sessions/{other.session_id}", method="DELETE")).status == 303
    assert (await other.get("/profile")).status == 303
    assert (await agent.get("/profile")).status == 200


async def test_all_others_end_and_this_one_stays(house: House) -> None:
    """Ending all other sessions leaves exactly the one that asked for it."""
    agent = await house.signed_in()
    others = [await house.signed_in(agent_id=agent.agent_id) for _ in range(3)]
    assert (await agent.post("/sessions", method="DELETE")).status == 303
    assert [(await other.get("/profile")).status for other in others] == [303] * 3
    assert (await agent.get("/profile")).status == 200


async def test_what_is_grave_asks_for_the_password_again(house: House) -> None:
    """A quarter of an hour after signing in, power is handed out only after the password, and under a new secret."""
    admin = await house.signed_in("admin")
    house.clock.advance(timedelta(minutes=16))
    house.look_anew()
    fields = {
        "name": "Eve",
        "email": "eve@bank.example",
        "role": "admin",
        "speaks_fr": "1",
        "first_language": "fr",
        "capacity": "5",
    }
    sent = await admin.post("/agents", fields, Referer=f"http://{house.client.host}/agents/new")
    assert (sent.status, sent.headers["Location"]) == (303, "/session/proof?next=%2Fagents%2Fnew")
    assert "agent.added" not in (await house.kinds())[2:]
    assert (await admin.post("/session/proof", {"password": "wrong wrong wrong", "next": "/agents/new"})).status == 422
    proved = await admin.post("/session/proof", {"password": PASSWORD, "next": "/agents/new"})
    assert proved.headers["Location"] == "/agents/new"
    renewed = proved.cookies["comptoir"].value
    assert renewed != admin.secret
    assert (await admin.get("/profile")).status == 303
    known = await house.engine.database.read(lambda tx: sessions.known(tx, signing_in.digest(renewed)))
    assert known is not None
    admin.secret, admin.csrf = renewed, known.csrf
    assert (await admin.post("/agents", fields)).status == 200
