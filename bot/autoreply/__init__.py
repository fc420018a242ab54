"""The bot's judgement: what a message means, what could be answered, and whether a machine may answer it."""
