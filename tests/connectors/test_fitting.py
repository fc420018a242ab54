"""What a channel was told is held against its network's manifest: everything that is wrong is told, each with its setting."""

import pytest

from bot import clock, errors
from bot.connectors import fitting, registry
from bot.connectors.base import Account
from bot.connectors.meta import options

META = {"app_id": "123", "phone_number_id": "106540352242922"}
WHATSAPP_SECRETS = {"token": "T", "app_secret": "S", "verify_token": "V"}


def wrong(
    network: str, told: dict[str, str], secrets: dict[str, str] | None = None, base_url: str = ""
) -> dict[str, str]:
    """Setting → what is wrong with it."""
    account = Account("branch", network, base_url, told, secrets or {})
    return {fault.field or "": fault.message for fault in fitting.faults(account, registry.networks()[network])}


def test_what_fits_has_no_fault() -> None:
    """A channel that was told all it needs is left alone; what has a usual value may be left out."""
    assert wrong("whatsapp", META, WHATSAPP_SECRETS) == {}
    assert wrong("mastodon", {}, {"token": "T"}, "https://mastodon.social") == {}
    assert wrong("bluesky", {"identifier": "@bank.example"}, {"password": "P"}) == {}
    assert wrong("telegram", {"groups": "-1001234567890, 12"}, {"token": "T"}) == {}


def test_an_address_that_the_network_needs_is_asked_for() -> None:
    """Mastodon has no usual address; its manifest says so and gives it a name, and a channel without it is not opened."""
    assert wrong("mastodon", {}, {"token": "T"}) == {"base_url": fitting.EMPTY}
    assert registry.networks()["mastodon"].address.title["en"] == "Address of the instance"
    with pytest.raises(errors.Invalid, match="lacks the setting Address of the instance") as raised:
        registry.connect(Account("branch", "mastodon", "", {}, {"token": "T"}), clock.now)
    assert raised.value.field == "base_url"


@pytest.mark.parametrize(
    ("network", "name", "value", "said"),
    [
        ("messenger", "human_agent", "oui", "`human_agent` is 'oui'; it may be `no`, `yes`."),
        ("facebook", "messages", "non", "`messages` is 'non'; it may be `yes`, `no`."),
        ("bluesky", "chat", "yes", "`chat` is 'yes'; it may be `on`, `off`."),
        ("mastodon", "replies", "public", "`replies` is 'public'; it may be `same`, `unlisted`."),
        ("x", "plan", "basic", "`plan` is 'basic'; it may be `self-serve`, `enterprise`."),
        ("x", "poll_seconds", "nan", "`poll_seconds` is 'nan'; it must be a number from 0 to 1000000."),
        ("whatsapp", "phone_number_id", "+33 1", "`phone_number_id` is '+33 1'; it must look like 106540352242922."),
        ("instagram", "look_every", "soon", "`look_every` is 'soon'; it must be a number from 0.01 to 86400."),
        ("telegram", "groups", "staff", "`groups` is 'staff'; it must look like -1001234567890."),
    ],
)
def test_a_value_that_does_not_fit_is_told(network: str, name: str, value: str, said: str) -> None:
    """With what it may be, by the words of the manifest, and whatever else is missing."""
    assert wrong(network, {name: value})[name] == said


def test_what_one_setting_needs_of_another() -> None:
    """X by webhook needs two keys that asking does not need, and each is told."""
    found = wrong("x", {"client_id": "c", "mode": "webhook"}, {"refresh_token": "R"})

    assert found == {
        "bearer_token": "`bearer_token` is missing; `mode` = `webhook` needs it.",
        "consumer_secret": "`consumer_secret` is missing; `mode` = `webhook` needs it.",
    }
    assert wrong("x", {"client_id": "c"}, {"refresh_token": "R"}) == {}


def test_a_stored_choice_that_is_none_is_refused() -> None:
    """It does not count silently as no: neither when a channel is opened, nor when its connector reads it."""
    told = Account("page", "messenger", "", {"page_id": "1", "app_id": "2", "human_agent": "oui"}, WHATSAPP_SECRETS)
    with pytest.raises(errors.Invalid, match="`human_agent` is 'oui'"):
        registry.connect(told, clock.now)
    with pytest.raises(errors.Invalid, match="it may be `yes`, `no`"):
        options.is_yes(told, "human_agent", usual="no")


@pytest.mark.parametrize(
    ("network", "told", "is_called"),
    [("whatsapp", {}, True), ("threads", {}, True), ("telegram", {}, False), ("telegram", {"mode": "webhook"}, True)],
)
def test_whether_the_network_calls_us(network: str, told: dict[str, str], *, is_called: bool) -> None:
    """Where it does, our own address must be one that it can reach."""
    account = Account("branch", network, "", told)
    assert fitting.is_called(account, registry.networks()[network]) is is_called
