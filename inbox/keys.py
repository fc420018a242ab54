"""What travels with the application and with a request, by typed keys."""

from aiohttp import web

from bot.bootstrap import Engine
from bot.store.sessions import Known
from inbox.live import Live
from inbox.rendering import Renderer

ENGINE: web.AppKey[Engine] = web.AppKey("engine", Engine)
RENDERER: web.AppKey[Renderer] = web.AppKey("renderer", Renderer)
LIVE: web.AppKey[Live] = web.AppKey("live", Live)

# Set by the middleware on every request of a signed-in agent; absent at the door (sign-in, set-up, health).
VIEWER: web.RequestKey[Known] = web.RequestKey("viewer", Known)
# Set by the middleware on every request: the id that an error page names.
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
