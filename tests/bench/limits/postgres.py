"""The realistic transaction in plain psycopg 3: three set-based statements a batch, sent in one pipeline, one commit."""

import psycopg

from tests.bench.limits.entry import Entry

_TABLES = """
create table if not exists contact (id bigserial primary key, key text not null unique, name text not null);
create table if not exists ticket (id bigserial primary key, contact_id bigint not null, state text not null,
    messages int not null, last_message_at bigint not null, preview text not null);
create unique index if not exists ticket_open on ticket (contact_id) where state = 'open';
create index if not exists ticket_by_state on ticket (state, last_message_at, id);
create table if not exists message (id bigserial primary key, channel_id int not null, external_id text not null,
    ticket_id bigint not null, text text not null, sent_at bigint not null, unique (channel_id, external_id));
create table if not exists event (id bigserial primary key, kind text not null, ticket_id bigint not null,
    at bigint not null, body jsonb not null);
create table if not exists work (id bigserial primary key, kind text not null, key text not null,
    due_at bigint not null, unique (kind, key));
"""

_CONTACTS = """
insert into contact (key, name)
select distinct key, 'Person ' || key from unnest(%s::text[]) as given (key)
where not exists (select from contact where contact.key = given.key)
on conflict do nothing
"""

_TICKETS = """
insert into ticket (contact_id, state, messages, last_message_at, preview)
select distinct contact.id, 'open', 0, 0, '' from unnest(%s::text[]) as given (key) join contact using (key)
where not exists (select from ticket where contact_id = contact.id and state = 'open')
on conflict do nothing
"""

_MESSAGES = """
with given as (
    select ticket.id as ticket_id, external_id, text, at
    from unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) as given (key, external_id, text, at)
    join contact using (key) join ticket on ticket.contact_id = contact.id and ticket.state = 'open'
), added as (
    insert into message (channel_id, external_id, ticket_id, text, sent_at)
    select 1, external_id, ticket_id, text, at from given
    on conflict do nothing
    returning id, ticket_id, text, sent_at
), changed as (
    update ticket set messages = ticket.messages + grouped.count, last_message_at = grouped.at, preview = grouped.preview
    from (select ticket_id, count(*), max(sent_at) as at, left(max(text), 80) as preview from added group by ticket_id) as grouped
    where ticket.id = grouped.ticket_id
), noted as (
    insert into event (kind, ticket_id, at, body) select 'message.received', ticket_id, sent_at, '{}' from added
)
insert into work (kind, key, due_at) select 'route', id::text, sent_at from added
"""


class PostgresStore:
    """Used by one thread only."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url)
        self._connection.execute(_TABLES)
        self._connection.commit()

    def take(self, entries: list[Entry]) -> None:
        authors = [entry.author for entry in entries]
        ids = [entry.external_id for entry in entries]
        texts = [entry.text for entry in entries]
        times = [entry.at for entry in entries]
        with self._connection.pipeline():
            self._connection.execute(_CONTACTS, (authors,))
            self._connection.execute(_TICKETS, (authors,))
            self._connection.execute(_MESSAGES, (authors, ids, texts, times))
            self._connection.commit()

    def close(self) -> None:
        self._connection.close()
