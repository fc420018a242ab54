"""What the product costs, beside what it could cost at best. `python -m tests.bench NAME [--json] [--rounds 3] [--database URL]`.

    goals/      one module per promise of speed: runs the product and its limit in turns, gives `figures.Result`
    limits/     the least that could do the same: the plain driver, the bare hook, the bare stream, the bare page
    load/       separate processes that send, watch and read, cheaply, since they share the machine's cores
    machine     who used the processors and the memory while it ran        figures    medians, percentiles, verdicts
    product     `comptoir serve` as a subprocess with a folder of its own  postgres   a database server of our own
    seeding     a million tickets, written straight into the tables

Rounds alternate between limit and product, so that a busy neighbour meets both.
Every figure comes with the cores that others used meanwhile.
"""
