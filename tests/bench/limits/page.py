"""The bare page: fifty rows of twelve values through Jinja2 with autoescaping, no database and no session."""

from dataclasses import dataclass

from aiohttp import web
from jinja2 import Environment

_TEMPLATE = Environment(autoescape=True).from_string(
    "<!doctype html><html><head><title>Queue</title></head><body><table>"
    "{% for t in rows %}<tr id=t{{ t.number }}><td>{{ t.number }}</td><td>{{ t.name }}</td>"
    "<td>{{ t.preview }}</td><td>{{ t.state }}</td>"
    "<td>{{ t.priority }}</td><td>{{ t.channel }}</td><td>{{ t.team }}</td><td>{{ t.agent }}</td><td>{{ t.language }}</td>"
    "<td>{{ t.count }}</td><td>{{ t.at }}</td><td>{{ t.tags }}</td></tr>{% endfor %}</table></body></html>"
)


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    name: str = "Aminata <Diop>"
    preview: str = "Bonjour, mon virement n'est toujours pas arrivé depuis mardi, pouvez-vous regarder ?"
    state: str = "open"
    priority: str = "normal"
    channel: str = "bench"
    team: str = "Lyon"
    agent: str = "Claire Martin"
    language: str = "fr"
    count: int = 3
    at: str = "2026-11-22T10:00:00Z"
    tags: str = "virement, retard"


async def page(_request: web.Request) -> web.Response:
    """Drawn anew for each request."""
    return web.Response(text=_TEMPLATE.render(rows=[Row(number) for number in range(50)]), content_type="text/html")
