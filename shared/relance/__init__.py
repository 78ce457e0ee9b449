"""Relance: quote to cash for French small businesses, with every legal fact sealed when it happens."""

from relance import ready_code

ready_code.install()
