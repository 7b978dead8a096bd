"""Decide when people meet and by which way they join: pure values and functions.

Nothing here reads a clock, a file, a database or the network, and nothing here knows what people
need (that is `accessibility`) or how things are stored and sent (that is `service`).
"""
