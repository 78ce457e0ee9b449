"""Use cases, one function per verb, over the ports of `relance.app.ports`; no SDK, no framework, no clock."""
