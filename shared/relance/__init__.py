"""Relance: quote to cash for French small businesses, with every legal fact sealed when it happens."""
