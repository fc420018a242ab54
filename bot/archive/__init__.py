"""Archives of messages: files in, wire messages out, line by line. `reading` knows the formats, `importing` takes them in.

Two formats: NDJSON of our own wire format (one `wire.InboundMessage` a line), and the CSV layout of the public data set
"Customer Support on Twitter".
"""
