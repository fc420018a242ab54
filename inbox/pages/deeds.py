"""What is done with one message besides answering it: hidden, liked, and words of ours changed or taken away."""

from aiohttp import web

from bot import errors
from bot.desk import doing, replying
from bot.store import conversations
from inbox import acting, allowing, drawing, problems, rewriting
from inbox.acting import Told
from inbox.forms import Form
from inbox.rendering import pieces, wants_pieces


async def create(request: web.Request) -> web.Response:
    """Ask for it. It is done by the outbox, and the message shows when the network has done it."""
    form = await acting.form(request, "act", "key", "text", "is_meant")
    try:
        act = await _ask(request, form)
    except replying.Objected as problem:
        return await _edited_again(request, form, problem)
    except replying.Barred as problem:
        return await _told(request, problem)
    return await acting.done(request, Told(drawing.words(request)(f"done.{act}")))


async def _ask(request: web.Request, form: Form) -> str:
    act, key = form.text("act", longest=10, is_required=True), form.text("key", longest=80, is_required=True)
    text = form.text("text", longest=replying.LONGEST)
    message_id, is_meant = int(request.match_info["message"]), form.ticked("is_meant")
    ticket, _ = await acting.whereabouts(request)
    spot = await acting.read(request, lambda tx: conversations.message(tx, message_id).spot(tx.now))
    measure = allowing.measure(allowing.connector(request, ticket.channel_id), spot, act, text)
    await acting.write(
        request,
        lambda tx: doing.do(
            tx,
            ticket.id,
            message_id,
            act,
            key=key,
            by=acting.by(request),
            text=text,
            measure=measure,
            is_meant=is_meant,
        ),
    )
    return act


async def _edited_again(request: web.Request, form: Form, problem: replying.Objected) -> web.Response:
    """The new wording once more where it was written, with what speaks against it. What only warns can be meant."""
    status, view = problems.of(problem).status, await acting.shown_view(request)
    ticket, _ = await acting.whereabouts(request)
    kept = {"message": int(request.match_info["message"]), "text": form.text("text", longest=replying.LONGEST)}
    edit = {"error": "", "question": "", "means": False, **kept, **rewriting.said(request, ticket, problem)}
    if not wants_pieces(request):
        return await acting.page(request, view, status=status, edit=edit)
    context = drawing.ticket_context(request, view, await acting.desk(request))
    return pieces(drawing.changed(request, context | {"edit": edit}), status=status)


async def _told(request: web.Request, problem: errors.ComptoirError) -> web.Response:
    """Why not, at the foot of the window; without a script above the composer."""
    ticket, _ = await acting.whereabouts(request)
    said, status = rewriting.reason(request, ticket, problem), problems.of(problem).status
    if wants_pieces(request):
        return pieces([acting.toast(request, Told(said), is_bad=True)], status=status)
    return await acting.page(request, await acting.shown_view(request), status=status, fault=said)
