"""Where a message belongs: its contact, its conversation and its ticket, found or made for a whole batch at once."""

from itertools import groupby

from bot.desk import recognising
from bot.desk.hearing import Heard, Rules
from bot.desk.recognising import Known
from bot.model.message import Direction
from bot.model.standing import Standing
from bot.model.ticket import State
from bot.store import intake
from bot.store.intake import HandleFacts
from bot.store.transaction import Transaction


def meet(tx: Transaction, said: list[Heard], known: Known) -> None:
    """Find or make the contact and handle behind each message."""
    for network, group in groupby(sorted(said, key=_network), _network):
        theirs, handles = list(group), known.handles[network]
        people = {heard.said.author.external_id: heard for heard in theirs}
        strangers = [(heard.said.author, heard.language) for id_, heard in people.items() if id_ not in handles]
        if strangers:
            met = intake.add_contacts(tx, network, strangers, known.fresh)
            handles |= {handle.external_id: handle for handle in met}
        for heard in theirs:
            heard.handle = handles[heard.said.author.external_id]
        _note_new_names(tx, people, handles)


def _network(heard: Heard) -> str:
    assert heard.channel is not None
    return heard.channel.network


def _note_new_names(tx: Transaction, people: dict[str, Heard], known: dict[str, HandleFacts]) -> None:
    renamed = []
    for id_, heard in people.items():
        author, handle = heard.said.author, known[id_]
        if author.name and (author.name, author.username) != (handle.name, handle.username):
            renamed.append((handle.id, author.name, author.username))
    intake.rename_handles(tx, renamed)


def find_conversations(tx: Transaction, said: list[Heard], known: Known) -> None:
    """Find or make the conversation of each message, and who it is with."""
    begun: dict[tuple[int, str], Heard] = {}
    for heard in said:
        if known.conversation(heard) is None:
            begun.setdefault((heard.channel_id, heard.said.conversation_id), heard)
    new = [
        (*key, heard.handle.contact_id if heard.handle else None, heard.said.is_public, heard.said.permalink, heard.said.sent_at)
        for key, heard in sorted(begun.items(), key=lambda one: one[0])
    ]  # fmt: skip
    for one in intake.add_conversations(tx, new, known.fresh) if new else ():
        known.conversations[one.channel_id][one.external_id] = one
    met: dict[int, int] = {}
    for heard in said:
        heard.conversation = known.conversation(heard)
        assert heard.conversation is not None
        if heard.conversation.contact_id is None and heard.handle is not None:
            heard.conversation.contact_id = heard.handle.contact_id
            met[heard.conversation.id] = heard.handle.contact_id
    intake.introduce(tx, sorted(met.items()))


def choose_tickets(tx: Transaction, said: list[Heard], rules: Rules, known: Known) -> None:
    """Choose each message's ticket. A new ticket has its number already, and is written only if one of its messages is.

    A conversation that continues another, whose ticket is long done, begins its own again.
    """
    tickets = known.tickets
    parted: list[int] = []
    for heard in sorted(said, key=lambda one: (one.direction is Direction.OUT, one.said.sent_at)):
        assert heard.conversation is not None
        conversation = heard.conversation
        current = recognising.current(tickets, conversation, rules, tx)
        if current is None and heard.direction is Direction.IN:
            current = _opened(tx, next(known.fresh["ticket"]), heard)
            tickets.of.setdefault(conversation.id, []).append(current)
            if conversation.continues_id is not None:
                conversation.continues_id = None
                parted.append(conversation.id)
        # Our own words open no ticket: they join the last one there is, or wait for the contact's.
        heard.ticket = current or next(recognising.last(tickets, conversation), None)
    intake.part(tx, parted)


def _opened(tx: Transaction, number: int, heard: Heard) -> Standing:
    assert heard.channel is not None and heard.conversation is not None and heard.handle is not None
    said = heard.said
    return Standing(
        id=number,
        conversation_id=heard.conversation.id,
        channel_id=heard.channel_id,
        contact_id=heard.handle.contact_id,
        team_id=heard.channel.team_id,
        assignee_id=None,
        state=State.OPEN.value,
        language=heard.language or heard.handle.language or heard.channel.language,
        contact_name=said.author.name or said.author.username or said.author.external_id,
        is_public=said.is_public,
        opened_at=tx.now,
        first_message_at=said.sent_at,
        last_message_at=said.sent_at,
    )
