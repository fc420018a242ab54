"""Every template parses, finds what it names, says only what both catalogues can say, and keeps the page safe."""

import pathlib
import re
import string
from datetime import UTC

import pytest
from jinja2 import meta

from inbox import i18n, rendering
from tests.architecture import wording

TEMPLATES = {
    path.relative_to(rendering.TEMPLATES).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(rendering.TEMPLATES.rglob("*.html"))
}
DOOR = re.compile(r"action=[\"'](?:/sign-in|/setup|/invitations)[\"']")
CODE = {path: path.read_text(encoding="utf-8") for path in sorted(wording.INBOX.rglob("*.py"))}
CATALOGUES = {locale: i18n.read(locale) for locale in i18n.LOCALES}
# What the content security policy would refuse, or what would let a stranger's text become markup.
FORBIDDEN = {
    "marks text as safe": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "has a script in the page": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "has a handler in an attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "has style in the page": re.compile(r"<style\b|\sstyle\s*=\s*[\"']", re.IGNORECASE),
    "opens a window that can reach back": re.compile(r"<a(?=[^>]*target=[\"']_blank)(?![^>]*noopener)", re.IGNORECASE),
    "names another host": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE),
    "shows an image without words": re.compile(r"<img(?![^>]*\balt=)", re.IGNORECASE),
}


@pytest.fixture(scope="module")
def environment():
    return rendering._environment(i18n.Words("fr", UTC, CATALOGUES["fr"]))


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_parses_and_finds_what_it_names(name: str, environment) -> None:
    """Syntax, filters and tests are right, and each template that it extends, includes or imports exists."""
    environment.get_template(name)
    named = [each for each in meta.find_referenced_templates(environment.parse(TEMPLATES[name])) if each]

    assert [each for each in named if each not in TEMPLATES] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_keeps_the_page_safe(name: str) -> None:
    """Nothing in it needs a hole in the content security policy, and nothing from outside is taken for markup."""
    assert [fault for fault, pattern in FORBIDDEN.items() if pattern.search(TEMPLATES[name])] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_form_that_changes_something_carries_its_token(name: str) -> None:
    """A form written by hand has the hidden token that the macro `forms.start` would have put there.

    At the door there is no session yet that could have one; those forms are guarded by where they come from.
    """
    written = re.findall(
        r"<form\b[^>]*method=[\"']post[\"'].*?(?:</form>|\{%\s*endmacro|\Z)", TEMPLATES[name], re.IGNORECASE | re.DOTALL
    )

    assert [form[:80] for form in written if "_csrf" not in form and not DOOR.search(form)] == []


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_catalogue_says_what_templates_ask(locale: str, environment) -> None:
    """No page shows a missing sentence in any language."""
    asked = {
        (name, key) for name, source in TEMPLATES.items() for key in wording.asked_by_template(environment, source)
    }

    assert sorted(each for each in asked if not wording.answers(each[1], CATALOGUES[locale])) == []


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_catalogue_says_what_code_asks(locale: str) -> None:
    """The same for sentences that handlers choose."""
    asked = {(path.name, key) for path, source in CODE.items() for key in wording.asked_by_code(source)}

    assert sorted(each for each in asked if not wording.answers(each[1], CATALOGUES[locale])) == []


def test_both_languages_have_the_same_keys() -> None:
    """What can be said in one language can be said in the other."""
    assert sorted(CATALOGUES["fr"].keys() ^ CATALOGUES["en"].keys()) == []


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_blanks() -> None:
    """A sentence's blanks are the same in both languages; only "one" of something may leave the count out."""
    both = CATALOGUES["fr"].keys() & CATALOGUES["en"].keys()
    wrong = {key: blanks(CATALOGUES["fr"][key]) ^ blanks(CATALOGUES["en"][key]) for key in both}

    assert {
        key: names for key, names in wrong.items() if names and not (key.endswith(".one") and names == {"count"})
    } == {}


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ('{{ t("queue.title") }}', ["queue.title"]),
        ('{{ t("queue.a" if x else "queue.b", count=3) }}', ["queue.a", "queue.b"]),
        ('{{ t("ticket.state." ~ ticket.state) }}', ["ticket.state.*"]),
    ],
)
def test_keys_are_found_in_templates(source: str, keys: list[str], environment) -> None:
    """The reader of templates sees plain keys, choices and keys that are put together."""
    assert list(wording.asked_by_template(environment, source)) == keys


def test_keys_are_found_in_code() -> None:
    """The reader of code sees plain keys and f-strings."""
    source = 'words("queue.title", count=1)\nself.words(f"ticket.state.{state}")'

    assert list(wording.asked_by_code(source)) == ["queue.title", "ticket.state.*"]


def test_templates_are_there() -> None:
    """This file looks where the templates are."""
    assert pathlib.PurePath("base.html").as_posix() in TEMPLATES
