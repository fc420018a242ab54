"""A bank's day, to look at: an invented bank, its agents and canned replies, and customers on the fake network.

`cast.toml` holds all words; `cast` reads them, `staging` puts people and channels on the desk,
`dressing` what the bank has done about the past, `day` lets the customers speak.
"""
