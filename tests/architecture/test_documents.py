"""What can be configured, connected or asked for is written down, as it is."""

import re

import pytest

from inbox import __main__ as entrance
from tests.architecture import documents

README = documents.README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", documents.TABLES)
def test_readme_says_what_the_code_says(name: str) -> None:
    """Each table of README is the one that the code would write: `python -m tests.architecture.documents`."""
    assert documents.written(name) == documents.TABLES[name]()


def test_env_example_has_every_setting() -> None:
    """deploy/env.example lists every setting with its default: `python -m tests.architecture.documents`."""
    assert documents.EXAMPLE.read_text(encoding="utf-8") == documents.env_example()


def test_every_setting_says_what_it_means() -> None:
    """No setting stands without a sentence."""
    fields = [*documents.plain_settings(), *documents.settings.ChannelSettings.model_fields.items()]

    assert [name for name, field in fields if not field.description] == []


def test_readme_points_at_what_exists() -> None:
    """Every file of this project that README links to or shows is there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)

    assert [link for link in links if not (documents.ROOT / link).exists()] == []


def test_readme_sections_can_be_reached() -> None:
    """Every link inside README leads to one of its headings."""
    headings = {
        re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-")
        for each in re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    }

    assert [link for link in re.findall(r"\]\(#([^)]+)\)", README) if link not in headings] == []


@pytest.mark.parametrize("command", documents.COMMANDS)
def test_every_command_says_how_it_is_used(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command that README lists is there and explains itself."""
    with pytest.raises(SystemExit) as left:
        entrance.main([command, "--help"])

    assert left.value.code == 0
    assert f"usage: comptoir {command}" in capsys.readouterr().out


def test_every_address_says_what_it_does() -> None:
    """No page, act or hook stands without a sentence."""
    assert [address for _, address, handler in documents.routes.URLS if not documents.promise(handler)] == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (r"/tickets/{ticket:\d{1,18}}/closure", "/tickets/{ticket}/closure"),
        ("/static/{version}/{path:.+}", "/static/{version}/{path}"),
    ],
)
def test_addresses_are_shown_without_their_patterns(address: str, shown: str) -> None:
    """README shows what people type, not what the router checks."""
    assert documents.plain(address) == shown
