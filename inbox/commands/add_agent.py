"""`comptoir add-agent`: somebody who can sign in, made by whoever has the machine."""

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot import errors
from bot.desk import passwords, signing_in, staffing
from bot.desk.staffing import Post
from bot.model.agent import Role
from bot.model.event import SYSTEM
from bot.settings import Settings
from bot.store import schema, teams
from bot.store.database import run_once
from bot.store.transaction import Transaction
from inbox.commands import common

PURPOSE = """Add an agent. The password is asked for on the terminal; --invite prints a link
with which they choose it themselves.
Exit code: 0 added, 2 when something given cannot be used."""


_OPTION = {"email": "The e-mail address", "team_ids": "--team"}


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    return common.told(lambda: _run(common.read(given), given))


def _parser() -> argparse.ArgumentParser:
    parser = common.parser("add-agent", PURPOSE)
    parser.add_argument("email", help="the e-mail address with which they sign in")
    parser.add_argument("--name", required=True, help="the name that colleagues and customers see")
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.AGENT.value)
    parser.add_argument(
        "--languages", default="fr,en", help="what they answer in, the best first: fr, en or both (default fr,en)"
    )
    parser.add_argument("--team", action="append", default=[], help="a team by its name; again for another")
    parser.add_argument(
        "--locale", choices=staffing.LANGUAGES, help="the language of their window (default: that of the settings)"
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--password-stdin", action="store_true", help="read the password from standard input's first line")
    way.add_argument(
        "--invite", action="store_true", help="print a link that works once instead of asking for a password"
    )
    return parser


def _run(settings: Settings, given: argparse.Namespace) -> int:
    languages = tuple(one.strip() for one in given.languages.split(",") if one.strip())
    post = Post(given.email.strip(), given.name, given.role, languages)
    with _naming_options():
        staffing.check_post(post)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    schema.upgrade(settings.url)
    stored = "" if given.invite else _password(post, settings.brand, is_piped=given.password_stdin)
    with _naming_options():
        secret = run_once(settings.url, lambda tx: _add(tx, post, given, settings.default_locale, stored))
    print(f"{post.name.strip()} is here now, as {post.role}, and signs in as {post.email.lower()}.")
    if secret:
        base = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
        print(f"They choose their password, once and within three days, at\n{base}/invitations?token={secret}")
    return 0


def _add(tx: Transaction, post: Post, given: argparse.Namespace, locale: str, stored: str) -> str:
    """Hire, and give the secret of their link when there is no password yet."""
    team_ids = tuple(_team(tx, name) for name in given.team)
    hired = replace(post, team_ids=team_ids)
    agent_id = staffing.hire(tx, hired, by=SYSTEM, locale=given.locale or locale, password_hash=stored)
    return "" if stored else signing_in.invite(tx, agent_id, by=SYSTEM)


def _team(tx: Transaction, name: str) -> int:
    known = teams.by_name(tx, name)
    if known is None:
        there = ", ".join(team.name for team in teams.all(tx)) or "none yet; they are made under Teams in the window"
        raise errors.Invalid(f"There is no team {name!r}. There are: {there}.")
    return known.id


def _password(post: Post, brand: str, *, is_piped: bool) -> str:
    """What is stored of the password that was typed, twice, or came by standard input."""
    if not is_piped and not sys.stdin.isatty():
        raise errors.Invalid("There is no terminal to ask for a password. Give --password-stdin or --invite.")
    password = sys.stdin.readline().rstrip("\r\n") if is_piped else getpass.getpass("Password: ")
    passwords.check(password, about=(post.name, post.email, brand))
    if not is_piped and getpass.getpass("The same again: ") != password:
        raise errors.Invalid("The two were not the same. Nobody was added.")
    return passwords.hashed(password)


@contextmanager
def _naming_options() -> Iterator[None]:
    """The desk's sentences are for a form beside whose field they stand; here the option is named."""
    try:
        yield
    except errors.Invalid as error:
        if error.field is None:
            raise
        raise errors.Invalid(f"{_OPTION.get(error.field, '--' + error.field)}: {error.message}") from error
