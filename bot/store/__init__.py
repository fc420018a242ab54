"""Memory: the only folder that knows SQL and its dialects.

`database` runs verbs and questions; `numbers`, `bulk`, `events`, `queue`, `leases` and `notify` are its tools;
every other module holds the named questions about one noun, one function each, and each takes a `Transaction` first.
"""
