"""What is wrong with a desk, before it starts or while it runs: told in sentences, each with what to do about it.

`ground` looks at settings and the data folder, `memory` at the database and who can sign in, `doors` at the channels.
Nothing of the desk is changed, and no secret is shown.
"""
