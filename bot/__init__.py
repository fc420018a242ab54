"""The machine: it hears the networks, keeps the desk, and acts. `inbox` is its window and imports it; never the other way.

From a customer's message to an agent's answer, station by station:

1.  `connectors/<network>/receive`  a poll, stream or webhook yields the network's own payload
2.  `connectors/<network>/translate` payload → `wire.InboundMessage`; the network's types die here
3.  `runners/listening` or `inbox/webhooks` hands it to `desk/intake`, which waits for the commit before it acknowledges
4.  `desk/hearing` masks, `desk/placing` threads, `desk/ingest` keeps each once, with its event and cursor
5.  `store/events`    the event is written together with the work that `reactions` says must follow
6.  `runners/understanding` what is meant; `autoreply/decide`: answered, suggested to a person or handed over, where a bot is on
7.  `desk/routing`    an agent or a team's queue, and the reason
8.  `inbox/live`      the commit reaches every open window that may see it
9.  `desk/replying`   an agent's words are checked by `desk/guard` and written to the outbox with a key
10. `outbox/dispatcher` claims and keeps to the limits; `outbox/courier` sends and writes the receipt
11. `connectors/<network>/send` `wire.OutboundMessage` → the network

Beside them, by the event log: `runners/understanding` lets the bot read each message (`autoreply/understanding`), decide
(`autoreply/decide`) and answer, suggest or hand over; `runners/watching` lets `watch/detector` see all of them, and what it finds
becomes a suspected incident (`watch/incidents`) that a person judges.

If the process dies between any two stations, the message is still at the first of them, and is taken up from there.
"""
