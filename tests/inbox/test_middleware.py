"""The entrance: what every request passes, and what every answer carries."""

import io
import json
import re
from typing import Any

import pytest
import structlog
from aiohttp import ClientConnectionError, ClientResponse, web

from bot.errors import TryLater
from bot.settings import Settings
from inbox import headers
from tests.inbox.conftest import House

UNSAFE = "the pages of a bank hold this"


def _headers(answer: ClientResponse) -> dict[str, str]:
    return {name: answer.headers.get(name, "") for name in headers.ALWAYS}


async def test_every_answer_says_how_safe_it_is(house: House) -> None:
    """A page, a redirect, a script, nothing there, wrong method, health: all carry the policy and the other headers."""
    agent = await house.signed_in()
    answers = [
        await agent.get("/profile"), await agent.get("/"), await agent.get("/nowhere"), await house.stranger().get("/views/mine"),
        await house.stranger().get("/sign-in"), await house.stranger().get("/health/live"), await agent.post("/views/mine"),
        await house.stranger().post("/sign-in", Sec_Fetch_Site="cross-site"), await agent.get("/agents"),
    ]  # fmt: skip
    assert {answer.status for answer in answers} >= {200, 303, 403, 404, 405}
    for answer in answers:
        assert _headers(answer) == headers.ALWAYS
        assert answer.headers["Cache-Control"] == "no-store"


async def test_no_answer_tells_what_it_is_made_of(house: House) -> None:
    """Neither a page nor a hook, a file, a redirect or an error names the server, let alone its version."""
    stranger = house.stranger()
    answers = [
        await stranger.get("/sign-in"), await stranger.get("/"), await stranger.get("/nowhere"), await stranger.get("/hooks/x"),
        await stranger.post("/hooks/x"), await stranger.get("/health/live"), await stranger.get("/metrics"),
        await stranger.get("/static/nothing.css"), await stranger.get("/sign-in", Expect="what"),
    ]  # fmt: skip
    assert {answer.status for answer in answers} >= {200, 303, 404, 417}
    assert [answer.url.path for answer in answers if "Server" in answer.headers] == []


def test_the_policy_lets_nothing_foreign_or_inline_run() -> None:
    """No unsafe word, no wildcard, no foreign host; scripts, styles and forms are our own; nobody may frame us."""
    policy = headers.CONTENT_SECURITY_POLICY
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    for rule in ("default-src 'none'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
                 "form-action 'self'", "require-trusted-types-for 'script'"):  # fmt: skip
        assert rule in policy.split("; ")


async def test_pages_hold_nothing_inline(house: House) -> None:
    """Not one page has an inline script, style or handler, which the policy would stop."""
    admin = await house.signed_in("admin")
    for path in ("/profile", "/agents", "/agents/new", "/teams/new", "/channels/new?network=telegram", "/canned-replies/new",
                 "/audit", "/quarantine", "/views/open", "/nowhere"):  # fmt: skip
        text = await (await admin.get(path)).text()
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", text), path


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_changes_nothing(house: House, site: str) -> None:
    """With the agent's cookie and even with the right token, a form on another site is refused and nothing is written."""
    agent = await house.signed_in()
    before = await house.kinds()
    answer = await agent.post("/profile/absence", Sec_Fetch_Site=site)
    assert answer.status == 403
    assert await house.kinds() == before


@pytest.mark.parametrize("token", ["", "wrong", "é"])
async def test_a_form_without_its_token_is_refused(house: House, token: str) -> None:
    """From our own site, but without the session's token: refused, in words that say what to do."""
    agent = await house.signed_in()
    answer = await agent.post("/profile/absence", {"_csrf": token})
    assert answer.status == 403
    assert "Rechargez-la" in await answer.text()
    assert "agent.went_away" not in await house.kinds()


async def test_the_token_may_come_in_a_header(house: House) -> None:
    """What scripts send without a form carries the same token."""
    agent = await house.signed_in()
    token, agent.csrf = agent.csrf, ""
    answer = await agent.post("/profile/absence", X_CSRF_Token=token)
    assert answer.status == 303
    assert "agent.went_away" in await house.kinds()


async def test_a_cookie_without_a_word_of_where_from_is_refused(house: House) -> None:
    """Browsers say where a request comes from; one that has a session and does not is no browser of ours."""
    agent = await house.signed_in()
    agent.headers = {"Accept": "text/html"}
    assert (await agent.post("/profile/absence")).status == 403


async def test_looking_changes_nothing(house: House) -> None:
    """Every page is asked for twice by an admin: not one event is written, whatever is looked at."""
    admin = await house.signed_in("admin")
    before = await house.kinds()
    paths = ["/", "/views/open", "/profile", "/agents", "/agents/new", f"/agents/{admin.agent_id}", "/teams", "/teams/new",
             "/channels", "/channels/new", "/canned-replies", "/canned-replies/new", "/quarantine", "/audit",
             "/audit/verification", "/session/proof", "/sign-in", "/setup?token=x", "/invitations?token=x"]  # fmt: skip
    for path in paths * 2:
        assert (await admin.get(path)).status < 500, path
    assert await house.kinds() == before


@pytest.mark.parametrize("host", ["evil.example", "desk.example.evil.example", "xn--desk-example.example"])
async def test_a_foreign_host_is_not_answered(house: House, host: str) -> None:
    """A name that is not the desk's own gets 421, before any session is looked at."""
    agent = await house.signed_in()
    assert (await agent.get("/profile", Host=host)).status == 421


async def test_a_body_that_is_too_large_is_not_read(house: House) -> None:
    """More than a megabyte, or more than a thousand fields: 413 or 400, and nothing is written."""
    agent = await house.signed_in()
    form = io.BytesIO(f"_csrf={agent.csrf}&_method=PUT&name={'x' * (1024 * 1024)}".encode())
    long = await house.client.post(
        "/profile", data=form, headers=agent.all_headers({"Content-Type": "application/x-www-form-urlencoded"})
    )
    many = await agent.post("/profile", {f"f{number}": "1" for number in range(1_001)}, method="PUT")
    assert long.status == 413
    assert many.status in {400, 413}
    assert "agent.changed" not in await house.kinds()


async def test_a_field_that_no_form_has_is_refused(house: House) -> None:
    """Columns cannot be set by naming them: every field that the page does not know is an error."""
    agent = await house.signed_in()
    for name in ("role", "is_disabled", "password_hash", "capacity", "id", "email"):
        answer = await agent.post(
            "/profile", {"name": "Eve", "locale": "fr", "theme": "dark", name: "admin"}, method="PUT"
        )
        assert answer.status == 422
    assert "agent.changed" not in await house.kinds()


async def test_a_defect_shows_its_id_and_nothing_else(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks is logged with its trace under an id; the reader gets a page in their language and the id alone."""

    async def broken(_request: web.Request, *_: Any) -> web.Response:
        raise RuntimeError(UNSAFE)

    monkeypatch.setattr("inbox.acting.read", broken)
    agent = await house.signed_in()
    with structlog.testing.capture_logs() as logs:
        answer = await agent.get("/profile")
    text = await answer.text()
    failure = next(line for line in logs if line["event"] == "request.failed")
    assert answer.status == 500
    assert "Une panne de notre côté" in text
    assert UNSAFE not in text
    assert "RuntimeError" not in text
    assert failure["log_level"] == "error"
    assert re.search(r"référence [0-9a-f]{16}", text)


async def test_a_browser_that_leaves_is_no_error(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who goes away before all is said is noted by a line without a trace, and by no error."""

    async def left(request: web.Request, *_: Any) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        raise ConnectionResetError("Connection lost")

    monkeypatch.setattr("inbox.acting.read", left)
    agent = await house.signed_in()
    with structlog.testing.capture_logs() as logs, pytest.raises(ClientConnectionError):
        await agent.get("/profile")
    told = {line["event"]: line for line in logs if line["event"].startswith("request.")}
    assert told["request.left"]["route"] == "/profile"
    assert told.keys() == {"request.left", "request.answered"}
    assert {line["log_level"] for line in logs} == {"info"}
    assert not any("exc_info" in line for line in logs)


async def test_errors_speak_json_to_programs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not ask for a page gets a problem document, with the time to wait where there is one."""

    async def busy(_request: web.Request, *_: Any) -> web.Response:
        raise TryLater

    monkeypatch.setattr("inbox.acting.read", busy)
    agent = await house.signed_in()
    answer = await agent.get("/profile", Accept="application/json")
    told = json.loads(await answer.text())
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.content_type == "application/problem+json"
    assert told["status"] == 503
    assert told["request"]


async def test_the_log_holds_no_secret_and_no_query(house: House) -> None:
    """One line per request with its route's pattern: no token, no cookie, no query, no name, no password."""
    agent = await house.signed_in()
    with structlog.testing.capture_logs() as logs:
        await house.stranger().get("/setup?token=canary-one")
        await house.stranger().get("/invitations?token=canary-two")
        await house.stranger().post(
            "/sign-in", {"email": "canary-three@bank.example", "password": "canary-four", "next": "/"}
        )
        await agent.get("/views/open?tag=canary-five")
        await agent.get("/canary-six/seven")
    lines = [line for line in logs if line["event"] == "request.answered"]
    assert len(lines) == 5
    assert lines[3]["route"] == "/views/{view}"
    assert {"method", "route", "status", "milliseconds", "agent", "address"} <= lines[0].keys()
    text = repr(logs)
    assert not re.search(r"canary-(one|two|three|four|five)", text)
    assert agent.secret not in text
    assert agent.csrf not in text


async def test_the_door_speaks_the_browsers_language(house: House) -> None:
    """Before anybody has signed in, the browser's wish decides; a desk's default where there is none."""
    asked = {
        wish: await house.stranger().get("/sign-in", Accept_Language=wish) for wish in ("en-GB,en;q=0.9", "fr", "de")
    }
    assert "Sign in" in await asked["en-GB,en;q=0.9"].text()
    assert "Connexion" in await asked["fr"].text()
    assert 'lang="fr"' in await asked["de"].text()


async def test_hooks_pass_straight_through(house: House) -> None:
    """A network's call meets no session, no site check and no page: an unknown channel is 404 in one JSON sentence."""
    answer = await house.client.post(
        "/hooks/nobody", data=b"{}", headers={"Content-Type": "application/json", "Host": "evil.example"}
    )
    assert answer.status == 404
    assert "Content-Security-Policy" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestBehindAProxy:
    """One trusted proxy before us, which speaks https to the world."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"trusted_proxies": 1, "public_url": "https://desk.example"})

    async def test_its_word_is_taken_for_host_scheme_and_address(self, house: House) -> None:
        """The cookie gets its pinned name and Secure, browsers are told to stay on https, the journal has the real address."""
        await house.hire(email="nadia@bank.example")
        told = {
            "X_Forwarded_Proto": "https",
            "X_Forwarded_Host": "desk.example",
            "X_Forwarded_For": "6.6.6.6, 203.0.113.9",
        }
        fields = {"email": "nadia@bank.example", "password": "tournevis grenat 8231", "next": "/"}
        answer = await house.stranger().post("/sign-in", fields, **told)
        cookie = answer.headers["Set-Cookie"]
        assert answer.status == 303
        assert re.match(r"__Host-comptoir=[\w-]{43}; ", cookie)
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
        assert answer.headers["Strict-Transport-Security"] == headers.STRICT_TRANSPORT


async def test_an_error_page_that_cannot_be_drawn_is_told_plainly(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the templates themselves are broken, the reader still gets the sentence, and no trace."""

    def broken(*_: Any, **__: Any) -> str:
        raise RuntimeError(UNSAFE)

    monkeypatch.setattr("inbox.rendering.Renderer.draw", broken)
    with structlog.testing.capture_logs() as logs:
        answer = await house.stranger().get("/sign-in")
    text = await answer.text()
    assert answer.status == 500
    assert "Une panne de notre côté" in text
    assert UNSAFE not in text
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["request.failed", "problem.not_drawn"]
