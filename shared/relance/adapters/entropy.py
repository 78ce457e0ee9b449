"""Chance, from the operating system's cryptographic source."""

import secrets


class SystemEntropy:
    """Implements `relance.app.ports.outside.Entropy`."""

    def bytes(self, n: int) -> bytes:
        """`n` unguessable bytes."""
        return secrets.token_bytes(n)
