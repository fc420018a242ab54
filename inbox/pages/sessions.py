"""Signing in and out, giving the password again, and ending sessions on other devices."""

from datetime import timedelta

from aiohttp import web

from bot.desk import devices, signing_in
from bot.desk.signing_in import Opened
from bot.errors import NotAllowed, NotFound, TryLater
from bot.model.agent import Role
from bot.store import sessions
from bot.store.transaction import Transaction
from inbox import access, acting, sheets
from inbox.access import PORTER
from inbox.keys import ENGINE, VIEWER
from inbox.origins import SENDER, Sender
from inbox.visitors import cookie_name, device_name, visit


async def new(request: web.Request) -> web.Response:
    """The sign-in page; whoever is signed in goes on to where they wanted."""
    target = access.own_path(request.query.get("next", "/"))
    if VIEWER in request:
        return sheets.back(target)
    return sheets.door(request, "sessions/new.html", target=target, email="")


async def create(request: web.Request) -> web.Response:
    """Sign in. A wrong password and an unknown agent get the same answer after the same time."""
    form = await acting.form(request, "email", "password", "next")
    email, target = form.text("email", longest=200), access.own_path(form.text("next", longest=500))
    old_secret = request.cookies.get(cookie_name(request[SENDER]), "")
    device = request.cookies.get(device_name(request[SENDER]), "")
    try:
        opened = await request.app[PORTER].sign_in(
            email, form.exact("password"), visit(request), old_secret=old_secret, device=device
        )
    except (NotAllowed, TryLater) as error:
        status = 429 if isinstance(error, TryLater) else 401
        faults = sheets.faults_of(request, error)
        return sheets.door(request, "sessions/new.html", status=status, faults=faults, target=target, email=email)
    return _entered(request, opened, target)


async def remove(request: web.Request) -> web.Response:
    """Sign out: the session ends, and the browser forgets what it kept of the desk."""
    await acting.write(request, lambda tx: signing_in.leave(tx, request[VIEWER].id, by=acting.by(request)))
    request.app[PORTER].forget()
    response = sheets.back("/sign-in", "signed_out")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    _drop_cookie(response, request[SENDER])
    return response


async def ask_proof(request: web.Request) -> web.Response:
    """Before something grave: the password again."""
    target = access.own_path(request.query.get("next", "/"))
    return sheets.door(
        request, "sessions/proof.html", target=target, viewer=request[VIEWER], theme=request[VIEWER].theme
    )


async def prove(request: web.Request) -> web.Response:
    form = await acting.form(request, "password", "next")
    viewer, porter = request[VIEWER], request.app[PORTER]
    target = access.own_path(form.text("next", longest=500))
    try:
        await porter.check_own_password(viewer, form.exact("password"), visit(request))
    except (NotAllowed, TryLater) as error:
        faults = sheets.faults_of(request, error)
        return sheets.door(
            request, "sessions/proof.html", faults=faults, target=target, viewer=viewer, theme=viewer.theme
        )
    opened = await acting.write(request, lambda tx: signing_in.prove(tx, viewer.id, visit(request), porter.limits))
    porter.forget()
    return _entered(request, opened, target)


async def end(request: web.Request) -> web.Response:
    """End a session: one's own, or as an admin anybody's. What is not yours to end does not exist."""
    form = await acting.form(request, "next")
    id_ = sheets.number(request, "session")
    await acting.write(request, lambda tx: _end(tx, request, id_))
    request.app[PORTER].forget()
    return sheets.back(access.own_path(form.text("next", longest=500) or "/profile"), "session_ended")


async def end_others(request: web.Request) -> web.Response:
    """End all of one's sessions but this one."""
    viewer = request[VIEWER]
    await acting.write(
        request,
        lambda tx: signing_in.end_all(tx, viewer.agent_id, "closed", by=acting.by(request), except_id=viewer.id),
    )
    request.app[PORTER].forget()
    return sheets.back("/profile", "sessions_ended")


def _end(tx: Transaction, request: web.Request, session_id: int) -> None:
    viewer = request[VIEWER]
    if viewer.role != Role.ADMIN and sessions.owner(tx, session_id) != viewer.agent_id:
        raise NotFound("There is no such session.")
    signing_in.leave(tx, session_id, by=acting.by(request))


def _entered(request: web.Request, opened: Opened, target: str) -> web.Response:
    response = sheets.back(target)
    sender, lasts = request[SENDER], opened.expires_at - request.app[ENGINE].clock()
    set_cookie(response, sender, cookie_name(sender), opened.secret, lasts)
    if opened.device:
        set_cookie(response, sender, device_name(sender), opened.device, devices.LASTS)
    return response


def set_cookie(response: web.Response, sender: Sender, name: str, value: str, lasts: timedelta) -> None:
    """Something for the browser to keep, for this host only, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=sender.scheme == "https",
        httponly=True,
        samesite="Lax",
    )


def _drop_cookie(response: web.Response, sender: Sender) -> None:
    response.del_cookie(cookie_name(sender), path="/", secure=sender.scheme == "https", httponly=True, samesite="Lax")
