"""Who may do what: the whole matrix, every role at every URL."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.agent import Role
from inbox import access, routes
from inbox.access import Act
from tests.inbox.conftest import House, Visitor

EVERYBODY = {Act.ENTER, Act.OWN, Act.WORK}
EXPECTED = {
    Role.AGENT: EVERYBODY,
    Role.SUPERVISOR: EVERYBODY | {Act.EDIT_CANNED_REPLIES, Act.TEACH_BOT, Act.LEAD_INCIDENTS, Act.SEE_QUARANTINE},
    Role.ADMIN: EVERYBODY
    | {
        Act.EDIT_CANNED_REPLIES, Act.TEACH_BOT, Act.LEAD_INCIDENTS, Act.SEE_QUARANTINE, Act.RETRY_QUARANTINE,
        Act.SEE_AUDIT, Act.MANAGE_AGENTS,
        Act.MANAGE_TEAMS, Act.MANAGE_CHANNELS,
    },
}  # fmt: skip
PAGES = [(method, address) for method, address, _ in routes.URLS]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", list(Act))
def test_the_matrix_is_what_is_written_here(role: Role, act: Act) -> None:
    """Each of the roles may do each of the acts exactly as this table says; a change of power is a change here."""
    assert access.may(role, act) is (act in EXPECTED[role])


def test_unknown_roles_may_nothing() -> None:
    """A role that nobody gave opens no door, not even the front one."""
    assert not any(access.may(role, act) for role in ("", "owner", "ADMIN") for act in Act)


def test_all_that_is_managed_is_grave() -> None:
    """Whatever may be managed hands out power, sight or doors: a new act of that name asks for the password, or fails here."""
    assert {act for act in Act if act.name.startswith("MANAGE_")} == access.GRAVE


@pytest.mark.parametrize(("method", "address"), PAGES)
def test_every_url_has_its_act(method: str, address: str) -> None:
    """No URL can be forgotten: one that the rooms do not name is refused to everybody, and fails here."""
    assert access.needed(method, address) is not None


def test_an_unnamed_url_is_nobodys() -> None:
    """What no line names needs an act that does not exist."""
    assert access.needed("GET", "/secret-door") is None


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/views/mine", "/views/mine"), ("/tickets/4?x=1", "/tickets/4?x=1"), ("", "/"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("\\\\evil.example", "/"), ("https://evil.example", "/"), ("javascript:alert(1)", "/"),
        ("/%2fevil.example", "/"), ("/%5cevil.example", "/"), ("/%252fevil.example", "/"), ("/x/..//evil.example", "/"),
        ("/a\nb", "/"), ("/\tevil", "/"), ("/é", "/"), ("/" + "a" * 600, "/"),
    ],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_away(target: str, goes_to: str) -> None:
    """Only a path of this desk is gone to; whatever a browser might read as another site leads to the first page."""
    assert access.own_path(target) == goes_to


@given(st.text(max_size=60))
def test_any_target_is_a_path_of_ours(target: str) -> None:
    """However odd the target, what comes out begins with one slash and holds nothing that a browser turns into another."""
    assert re.fullmatch(r"/(?:[^/\\\s][^\\\s]*)?", access.own_path(target))


def _filled(address: str) -> str:
    """The address with something in its blanks: nothing that exists."""
    return re.sub(r"\{\w+(:(\\d\{1,18\}|\.\+))?\}", "999999", address)


@pytest.mark.parametrize("role", [*Role, None])
async def test_every_role_at_every_url(house: House, role: Role | None) -> None:
    """What a role may not do is refused with 403, and who is not signed in is sent to the door; nobody gets further."""
    visitor: Visitor = await house.signed_in(role.value) if role else house.stranger()
    wrong = []
    for method, address in PAGES:
        act = access.needed(method, address)
        if act in (Act.ENTER, None) or address == "/live":
            continue
        path = _filled(address)
        answer = await (visitor.get(path) if method == "GET" else visitor.post(path, method=method))
        is_refused = answer.status == 403
        is_sent_away = answer.status == 303 and re.match(r"/sign-in($|\?next=)", answer.headers["Location"]) is not None
        if is_sent_away is not (role is None) or is_refused is not (role is not None and act not in EXPECTED[role]):
            wrong.append((method, path, answer.status))
        if method == "DELETE" and address == "/session" and role:
            visitor = await house.signed_in(agent_id=visitor.agent_id)
    assert wrong == []


async def test_every_change_that_is_grave_asks_for_the_password(house: House) -> None:
    """A quarter of an hour after signing in, an admin's every change of agents, teams and channels is sent to give it again."""
    admin = await house.signed_in("admin")
    house.clock.advance(access.PROOF + timedelta(seconds=1))
    house.look_anew()
    asked = set()
    for method, address in PAGES:
        if method == "GET" or address in ("/session", "/sessions"):
            continue
        answer = await admin.post(_filled(address), method=method)
        if answer.headers.get("Location", "").startswith("/session/proof"):
            asked.add(address.split("/")[1])
    assert asked == {"agents", "teams", "channels"}
