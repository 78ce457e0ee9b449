"""Where the local cloud listens: nobody else takes the port while the cloud is made ready."""

from __future__ import annotations

import socket

from local.ports import CHOSEN_FROM, free_port


def test_the_port_that_is_wanted_if_it_is_free_else_another() -> None:
    wanted = free_port()
    assert free_port(wanted) == wanted
    with socket.create_server(("127.0.0.1", wanted)):
        other = free_port(wanted)
    assert other != wanted
    assert {wanted, other} <= set(CHOSEN_FROM)


def test_a_chosen_port_is_none_that_an_outgoing_connection_may_hold() -> None:
    with socket.create_server(("127.0.0.1", 0)) as anybody, socket.create_connection(anybody.getsockname()) as outgoing:
        assert outgoing.getsockname()[1] not in CHOSEN_FROM
