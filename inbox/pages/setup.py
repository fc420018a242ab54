"""The first set-up: whoever holds the link that the program printed makes the first admin. Afterwards there is nothing here."""

from aiohttp import web

from bot.desk import passwords, signing_in
from bot.desk.staffing import LANGUAGES, Post, check_post
from bot.errors import Invalid
from inbox import acting, sheets
from inbox.access import PORTER
from inbox.forms import Form
from inbox.keys import ENGINE


async def new(request: web.Request) -> web.Response:
    secret = request.query.get("token", "")
    await acting.read(request, lambda tx: signing_in.may_set_up(tx, secret))
    locale = sheets.words_of(request).locale
    return sheets.door(request, "setup/new.html", token=secret, name="", email="", chosen=locale)


async def create(request: web.Request) -> web.Response:
    form = await acting.form(request, "token", "name", "email", "locale", "password")
    secret = form.text("token", longest=100)
    await acting.read(request, lambda tx: signing_in.may_set_up(tx, secret))
    try:
        await _set_up(request, form, secret)
    except Invalid as error:
        faults = sheets.faults_of(request, error)
        name, email, chosen = form.text("name"), form.text("email"), form.text("locale")
        return sheets.door(
            request, "setup/new.html", token=secret, faults=faults, name=name, email=email, chosen=chosen
        )
    return sheets.back("/sign-in", "set_up")


async def _set_up(request: web.Request, form: Form, secret: str) -> None:
    name, email = form.name("name", longest=120, is_required=True), form.text("email", longest=200, is_required=True)
    locale, password = form.choice("locale", LANGUAGES), form.exact("password")
    check_post(Post(email=email, name=name))
    passwords.check(password, about=(name, email, request.app[ENGINE].settings.brand))
    stored = await request.app[PORTER].hashing(lambda: passwords.hashed(password))
    await acting.write(
        request, lambda tx: signing_in.set_up(tx, secret, name=name, email=email, password_hash=stored, locale=locale)
    )
