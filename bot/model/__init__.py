"""The nouns: what there is. A module is a singular noun, with its table, its words and
the pure rules about one of it. No I/O here.

    channel ── conversation ── message ── attachment
                    │
    contact ── handle          ticket ── note, ticket_tag, draft, presence
                                  │
    team ── membership ── agent ──┘          canned_reply   tag
                            │
                         session             outbox (words that are to leave)

    intent ── intent_example (all in one intent_book)              trained (a version of what the bot knows) ── trained_body

    event (facts, append-only) ── seal       work (what must follow)      quarantine (what could not be taken in)
"""
