"""The entrance: every request passes here once, in this order.

1. Its id, its sender behind the trusted proxies, and the log's context.
2. Errors become a page or a JSON problem, in the reader's language; a defect is logged with its trace and shown by its id alone.
3. The host it names, the size of its body, the site it comes from.
4. Its session; what its role may do; the form's own token; the password again before what is grave.

Hooks, health and static files need none of 3 and 4 and go straight through: a network must not wait for what browsers need.
"""

import asyncio
import secrets
import time
from typing import cast
from urllib.parse import urlencode

import structlog
from aiohttp import hdrs, http_exceptions, web
from aiohttp.typedefs import Handler
from markupsafe import Markup
from multidict import MultiMapping

from bot import errors
from bot.model.event import Actor, ActorKind
from bot.settings import Settings
from bot.store import events
from bot.store.database import Database
from bot.store.sessions import Known
from inbox import access, i18n, origins, problems, uploads, visitors
from inbox.access import Act, Porter
from inbox.health import HOOKS
from inbox.keys import REQUEST_ID, VIEWER
from inbox.origins import SENDER, Sender
from inbox.rendering import Renderer, html, wants_pieces

log = structlog.get_logger(__name__)

LONGEST_BODY = 1024 * 1024
LEFT = 499  # for the log alone: the sender went away before all was said
BODY_TIME = 30  # seconds that a body may take to arrive
FILES_TIME = 120  # and one with files
FILES_AT_ONCE = 8
STRAIGHT = ("/hooks/", "/static/", "/health/", "/metrics")
BY_ITSELF = ("/live", "/presence")  # what an open window asks without its agent
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105  a header's name


class Entrance:
    """The one middleware, made by the composition root with what it needs."""

    def __init__(self, settings: Settings, database: Database, porter: Porter, renderer: Renderer) -> None:
        self._settings = settings
        self._database = database
        self._porter = porter
        self._renderer = renderer
        names = [settings.host, origins.name_of(settings.public_url.partition("//")[2]), *settings.hosts.split(",")]
        self._files = asyncio.Semaphore(FILES_AT_ONCE)
        self._hosts = frozenset(name.strip().lower() for name in names if name.strip())

    @web.middleware
    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(STRAIGHT):
            return await self._straight(request, handler)
        request[REQUEST_ID] = secrets.token_hex(8)
        request[SENDER] = sender = self._sender(request)
        begin = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=request[REQUEST_ID]):
            response = await self._answered(request, handler)
            viewer = request.get(VIEWER)
            log.info(
                "request.answered",
                method=request.method,
                route=_route(request),
                status=response.status,
                milliseconds=round((time.perf_counter() - begin) * 1000, 1),
                agent=viewer.agent_id if viewer else None,
                address=sender.address,
            )
        return response

    async def _straight(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        begin = time.perf_counter()
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = self._redirected(error) if error.status < 400 else self._told(request, problems.of(error))
        except errors.ComptoirError as error:
            response = self._told(request, problems.of(error))
        except Exception as error:  # noqa: BLE001  it is logged there, with its trace
            response = self._failed(request, error)
        if request.path.startswith("/hooks/"):
            request.app[HOOKS].note(response.status, time.perf_counter() - begin)
        return response

    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await self._checked(request, handler)
        except web.HTTPException as error:
            return self._redirected(error) if error.status < 400 else self._told(request, problems.of(error))
        except errors.ComptoirError as error:
            log.info("request.refused", route=_route(request), error=type(error).__name__)
            return self._told(request, problems.of(error))
        except Exception as error:  # noqa: BLE001  it is logged there, with its trace
            return self._failed(request, error)

    def _failed(self, request: web.Request, error: Exception) -> web.StreamResponse:
        """A defect, with its trace. Whoever leaves before all is said is none; nobody reads what they are answered."""
        if isinstance(error, ConnectionResetError) and (request.transport is None or request.transport.is_closing()):
            log.info("request.left", route=_route(request))
            return web.Response(status=LEFT)
        log.error("request.failed", route=_route(request), exc_info=error)
        return self._told(request, problems.of(error))

    async def _checked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        secret = self._checked_outside(request)
        act = access.needed(request.method, _route(request))
        known = await self._known(request, secret)
        if known:
            request[VIEWER] = known
        if request.match_info.http_exception is not None:
            return await handler(request) if known or act is Act.ENTER else self._to("/sign-in", request)
        if act is None:
            raise errors.NotFound("There is no such page.")
        if known is None or not uploads.may_come(request):
            return await self._admitted(request, handler, known, act)
        # Only for somebody who is known is there room for files.
        roomy = request.clone(client_max_size=uploads.LONGEST_BODY)
        try:
            return await self._admitted(roomy, handler, known, act)
        finally:
            uploads.close(roomy)

    async def _admitted(
        self, request: web.Request, handler: Handler, known: Known | None, act: Act
    ) -> web.StreamResponse:
        """What this visitor may do here is done."""
        if request.method not in access.SAFE_METHODS:
            await self._check_body(request, known if act is not Act.ENTER else None)
        if act is Act.ENTER:
            return await handler(request)
        if known is None:
            return self._to("/sign-in", request)
        if not access.may(known.role, act):
            await self._refuse(known, act, request)
        if self._needs_proof(request, known, act):
            return self._to("/session/proof", request)
        return await handler(request)

    def _checked_outside(self, request: web.Request) -> str:
        """What is judged before anybody is recognised; the secret that the browser brings, empty when it has none."""
        sender = request[SENDER]
        if not origins.is_ours(sender.host, self._hosts):
            raise web.HTTPMisdirectedRequest
        longest = uploads.LONGEST_BODY if uploads.may_come(request) else LONGEST_BODY
        if (request.content_length or 0) > longest:
            raise web.HTTPRequestEntityTooLarge(longest, request.content_length or 0)
        secret = request.cookies.get(visitors.cookie_name(sender), "")
        is_safe = request.method in access.SAFE_METHODS
        origins.check_site(is_safe, request.headers, sender, has_cookie=bool(secret))
        return secret

    def _needs_proof(self, request: web.Request, known: Known, act: Act) -> bool:
        is_grave = act in access.GRAVE and request.method not in access.SAFE_METHODS
        return is_grave and self._database.now() - known.proved_at > access.PROOF

    async def _known(self, request: web.Request, secret: str) -> Known | None:
        if not secret:
            return None
        return await self._porter.who(secret, is_use=not request.path.endswith(BY_ITSELF))

    async def _check_body(self, request: web.Request, known: Known | None) -> None:
        fields = await self._fields(request)
        if known is not None:
            given = request.headers.get(TOKEN_HEADER) or str(fields.get("_csrf", ""))
            if not origins.is_right_token(given, known.csrf):
                raise errors.NotAllowed("This page is too old. Load it again, then repeat what you did.")

    async def _fields(self, request: web.Request) -> MultiMapping[object]:
        """Files take longer and lie on disk until they are looked at: a few of their senders are heard at a time."""
        if not uploads.may_come(request) or request.content_type != "multipart/form-data":
            return await _fields(request, BODY_TIME)
        if (request.content_length or uploads.LONGEST_BODY) <= LONGEST_BODY:
            fields = await _fields(request, FILES_TIME)  # a reply without files, mostly: it waits for nobody's
        else:
            async with self._files:
                fields = await _fields(request, FILES_TIME)
        uploads.note(request, fields.values())
        return fields

    async def _refuse(self, known: Known, act: Act, request: web.Request) -> None:
        body = {"act": act.value, "address": request[SENDER].address, "request": request[REQUEST_ID]}
        by = Actor(ActorKind.AGENT, known.agent_id)
        await self._database.write(lambda tx: events.record(tx, "access.refused", by=by, body=body))
        raise errors.NotAllowed("Your role does not permit this.")

    def _to(self, place: str, request: web.Request) -> web.StreamResponse:
        """A page goes there and comes back; a script is told that it must."""
        if wants_pieces(request) or not _wants_html(request):
            return self._told(request, problems.Problem(401, "sign_in"))
        back = request.path_qs if request.method in access.SAFE_METHODS else _referring_path(request)
        target = access.own_path(back)
        return web.Response(
            status=303, headers={hdrs.LOCATION: place if target == "/" else f"{place}?{urlencode({'next': target})}"}
        )

    def _told(self, request: web.Request, problem: problems.Problem) -> web.StreamResponse:
        """The problem as a page for people, as JSON for programs and scripts."""
        viewer = request.get(VIEWER)
        words = self._renderer.words[visitors.locale_of(request, self._settings.default_locale)]
        request_id = request.get(REQUEST_ID) or secrets.token_hex(8)
        if _wants_html(request) and not wants_pieces(request):
            response = html(self._drawn(words, problem, request_id, viewer), status=problem.status)
        else:
            told = problems.as_json(words, problem, request_id)
            response = web.json_response(told, status=problem.status, content_type="application/problem+json")
        if problem.wait:
            response.headers[hdrs.RETRY_AFTER] = str(problem.wait)
        return response

    def _drawn(self, words: i18n.Words, problem: problems.Problem, request_id: str, viewer: Known | None) -> str:
        told = {"title": problems.title(words, problem), "sentence": problems.sentence(words, problem)}
        theme = viewer.theme if viewer else "system"
        try:
            return self._renderer.draw(
                words.locale, "problem.html", theme=theme, status=problem.status, request_id=request_id, **told
            )
        except Exception:
            # What broke the page may break every page, and this one is the last.
            log.exception("problem.not_drawn", request=request_id)
            return str(Markup("<!doctype html><title>{title}</title><p>{sentence}</p>").format_map(told))

    @staticmethod
    def _redirected(error: web.HTTPException) -> web.Response:
        return web.Response(status=error.status, headers={hdrs.LOCATION: error.headers[hdrs.LOCATION]})

    def _sender(self, request: web.Request) -> Sender:
        direct = Sender(request.scheme, request.host, request.remote or "")
        return origins.behind(self._settings.trusted_proxies, request.headers, direct)


async def _fields(request: web.Request, seconds: float) -> MultiMapping[object]:
    """The form's fields, within limits of size, number and time. aiohttp keeps them for the page (and counts them)."""
    try:
        async with asyncio.timeout(seconds):
            return cast("MultiMapping[object]", await request.post())
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, LookupError, RuntimeError, http_exceptions.HttpProcessingError):
        raise errors.Invalid("The form cannot be read.") from None


def _route(request: web.Request) -> str:
    """The route's pattern, never its values: what is logged names no ticket and no secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else f"/{request.path.split('/', 2)[1]}"


def _wants_html(request: web.Request) -> bool:
    return "text/html" in request.headers.get(hdrs.ACCEPT, "")


def _referring_path(request: web.Request) -> str:
    _, _, rest = request.headers.get(hdrs.REFERER, "").partition("//")
    return "/" + rest.partition("/")[2]
