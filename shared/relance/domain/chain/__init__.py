"""The chain: how a legal fact becomes a line that nobody can change unseen.

`canonical` gives one JSON value one sequence of bytes, `event` puts a fact at its place in the chain, `merkle` proves
one event to somebody who has only a root, `note` is the statement that gets signed, `segment` is the file that gets
locked. Pure: no clock, no I/O, no key.
"""
