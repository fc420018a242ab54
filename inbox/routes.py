"""Every URL on one page. Verbs are resources: what is done to a ticket is made, replaced or deleted under it.

A browser's forms know only GET and POST: a POST whose field `_method` says PUT or DELETE goes where that method would.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from inbox import health, statics, webhooks
from inbox.pages import (
    agents,
    assignments,
    audit,
    bot_days,
    canned_replies,
    channels,
    closures,
    corrections,
    deeds,
    drafts,
    enclosures,
    files,
    formula_replies,
    handbacks,
    incidents,
    intents,
    invitations,
    notes,
    picks,
    presences,
    priorities,
    private_replies,
    profile,
    proposals,
    quarantine,
    queue,
    replies,
    search,
    sessions,
    setup,
    snoozes,
    streams,
    suggestions,
    tags,
    teams,
    tickets,
    training,
    versions,
    work_attempts,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TICKET = r"/tickets/{ticket:\d{1,18}}"
AGENT, TEAM, CHANNEL = r"/agents/{agent:\d{1,18}}", r"/teams/{team:\d{1,18}}", r"/channels/{channel:\d{1,18}}"
CANNED_REPLY, QUARANTINE = r"/canned-replies/{canned_reply:\d{1,18}}", r"/quarantine/{quarantine:\d{1,18}}"
INCIDENT = r"/incidents/{incident:\d{1,18}}"
INTENT = r"/intents/{intent:\d{1,18}}"
VERSION = r"/training/{version:\d{1,18}}"
FILE = TICKET + r"/files/{file:\d{1,18}}"
ENCLOSURE = TICKET + r"/enclosures/{enclosure:\d{1,18}}"
REPLY = TICKET + r"/replies/{reply:\d{1,18}}"

# method, address, what answers
URLS: tuple[tuple[str, str, Handler], ...] = (
    # the desk
    ("GET", "/", queue.enter),
    ("GET", "/views/{view}", queue.show),
    ("GET", "/views/{view}" + TICKET, tickets.show),
    ("GET", TICKET, tickets.find),
    ("GET", "/search", search.show),
    ("GET", "/live", streams.show),
    # what is done to a ticket
    ("POST", TICKET + "/replies", replies.create),
    ("DELETE", REPLY, replies.delete),
    ("POST", REPLY + "/attempts", replies.retry),
    ("POST", TICKET + "/private-replies", private_replies.create),
    ("POST", TICKET + "/formula-replies", formula_replies.create),
    ("POST", TICKET + r"/messages/{message:\d{1,18}}/deeds", deeds.create),
    ("POST", TICKET + "/handback", handbacks.create),
    ("DELETE", TICKET + r"/suggestions/{suggestion:\d{1,18}}", suggestions.delete),
    ("PUT", TICKET + r"/messages/{message:\d{1,18}}/intent", corrections.replace_intent),
    ("PUT", TICKET + r"/messages/{message:\d{1,18}}/mood", corrections.replace_mood),
    ("POST", TICKET + "/notes", notes.create),
    ("PUT", TICKET + "/assignment", assignments.replace),
    ("PUT", TICKET + "/team", assignments.replace_team),
    ("POST", TICKET + "/closure", closures.create),
    ("DELETE", TICKET + "/closure", closures.delete),
    ("PUT", TICKET + "/snooze", snoozes.replace),
    ("DELETE", TICKET + "/snooze", snoozes.delete),
    ("PUT", TICKET + "/priority", priorities.replace),
    ("POST", TICKET + "/tags", tags.create),
    ("DELETE", TICKET + "/tags/{tag}", tags.delete),
    ("PUT", TICKET + "/drafts/{kind}", drafts.replace),
    ("POST", TICKET + "/enclosures", enclosures.create),
    ("GET", ENCLOSURE, enclosures.show),
    ("GET", ENCLOSURE + "/thumbnail", enclosures.thumbnail),
    ("PUT", ENCLOSURE, enclosures.replace),
    ("DELETE", ENCLOSURE, enclosures.delete),
    ("GET", FILE, files.show),
    ("GET", FILE + "/thumbnail", files.thumbnail),
    ("POST", TICKET + "/presence", presences.create),
    ("GET", TICKET + "/canned-replies", picks.show),
    # what is done to many
    ("POST", "/tickets/closures", closures.create_many),
    ("POST", "/tickets/assignments", assignments.create_many),
    # coming in and going out
    ("GET", "/sign-in", sessions.new),
    ("POST", "/sign-in", sessions.create),
    ("DELETE", "/session", sessions.remove),
    ("GET", "/session/proof", sessions.ask_proof),
    ("POST", "/session/proof", sessions.prove),
    ("DELETE", "/sessions", sessions.end_others),
    ("DELETE", r"/sessions/{session:\d{1,18}}", sessions.end),
    ("GET", "/setup", setup.new),
    ("POST", "/setup", setup.create),
    ("GET", "/invitations", invitations.show),
    ("POST", "/invitations", invitations.accept),
    # what is one's own
    ("GET", "/profile", profile.show),
    ("PUT", "/profile", profile.change),
    ("PUT", "/profile/password", profile.change_password),
    ("POST", "/profile/absence", profile.step_out),
    ("DELETE", "/profile/absence", profile.come_back),
    # how the desk is kept
    ("GET", "/agents", agents.index),
    ("POST", "/agents", agents.create),
    ("GET", "/agents/new", agents.new),
    ("GET", AGENT, agents.show),
    ("PUT", AGENT, agents.change),
    ("POST", AGENT + "/invitation", agents.invite),
    ("POST", AGENT + "/disablement", agents.disable),
    ("DELETE", AGENT + "/disablement", agents.enable),
    ("GET", "/teams", teams.index),
    ("POST", "/teams", teams.create),
    ("GET", "/teams/new", teams.new),
    ("GET", TEAM, teams.show),
    ("PUT", TEAM, teams.change),
    ("GET", "/channels", channels.index),
    ("POST", "/channels", channels.create),
    ("GET", "/channels/new", channels.new),
    ("GET", CHANNEL, channels.show),
    ("PUT", CHANNEL, channels.change),
    ("POST", CHANNEL + "/pause", channels.pause),
    ("DELETE", CHANNEL + "/pause", channels.resume),
    ("POST", CHANNEL + "/bot", channels.let_bot_answer),
    ("DELETE", CHANNEL + "/bot", channels.silence_bot),
    ("POST", CHANNEL + "/probe", channels.probe),
    ("GET", "/canned-replies", canned_replies.index),
    ("POST", "/canned-replies", canned_replies.create),
    ("GET", "/canned-replies/new", canned_replies.new),
    ("GET", CANNED_REPLY, canned_replies.show),
    ("PUT", CANNED_REPLY, canned_replies.change),
    ("DELETE", CANNED_REPLY, canned_replies.remove),
    ("GET", "/intents", intents.index),
    ("POST", "/intents", intents.create),
    ("GET", "/intents/new", intents.new),
    ("POST", "/intents/starter-set", intents.take_starters),
    ("POST", "/intents/comparison", intents.compare),
    ("GET", INTENT, intents.show),
    ("PUT", INTENT, intents.change),
    ("DELETE", INTENT, intents.remove),
    ("GET", "/training", training.index),
    ("POST", "/training", training.create),
    ("DELETE", "/training/under-way", training.stop),
    ("GET", "/training/progress", training.progress),
    ("PUT", "/training/target", training.aim),
    ("PUT", "/training/work", training.put_to_work),
    ("DELETE", "/training/work", training.take_back),
    ("GET", "/training/day", bot_days.show),
    ("GET", "/training/proposals", proposals.index),
    ("POST", "/training/examples", proposals.approve),
    ("POST", "/training/refusals", proposals.refuse),
    ("GET", "/training/topics", proposals.topics),
    ("POST", "/training/topics", proposals.make_intent),
    ("GET", "/training/comparison", versions.compare),
    ("GET", VERSION, versions.show),
    ("GET", "/incidents", incidents.index),
    ("GET", INCIDENT, incidents.show),
    ("POST", INCIDENT + "/declaration", incidents.declare),
    ("POST", INCIDENT + "/dismissal", incidents.dismiss),
    ("PUT", INCIDENT + "/state", incidents.replace_state),
    ("PUT", INCIDENT + "/severity", incidents.replace_severity),
    ("GET", "/quarantine", quarantine.index),
    ("GET", QUARANTINE, quarantine.show),
    ("POST", QUARANTINE + "/release", quarantine.release),
    ("POST", r"/quarantine/dead/{work:\d{1,18}}/attempts", work_attempts.create),
    ("GET", "/audit", audit.index),
    ("GET", "/audit/verification", audit.verify),
    # machines
    ("GET", "/hooks/{channel}", webhooks.take),
    ("POST", "/hooks/{channel}", webhooks.take),
    ("GET", "/health/live", health.live),
    ("GET", "/health/ready", health.ready),
    ("GET", "/metrics", health.metrics),
    ("GET", "/static/{version}/{path:.+}", statics.show),
)


def add_to(router: web.UrlDispatcher) -> None:
    """Make the application answer at these addresses."""
    by_address: dict[str, dict[str, Handler]] = {}
    for method, address, handler in URLS:
        by_address.setdefault(address, {})[method] = handler
    for address, handlers in by_address.items():
        resource = router.add_resource(address)
        for method, handler in handlers.items():
            if method != "POST":
                resource.add_route(method, handler)
        if "GET" in handlers:
            resource.add_route("HEAD", handlers["GET"])
        if handlers.keys() - {"GET"}:
            resource.add_route("POST", _form(handlers) if handlers.keys() & {"PUT", "DELETE"} else handlers["POST"])


def _form(handlers: dict[str, Handler]) -> Handler:
    """What answers a form: its own method, or the one that its field `_method` names."""

    async def by_method(request: web.Request) -> web.StreamResponse:
        fields = await request.post()
        method = str(fields.get("_method", "POST")).upper()
        if method not in handlers or method == "GET":
            raise web.HTTPMethodNotAllowed(method, handlers)
        return await handlers[method](request)

    return by_method
