"""Who is known to fetch mails and pages without reading them: words of user agents, and networks, as dated data."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

_CHUNK: Final = 50  # patterns in one expression: a thousand alternatives in one are slower to compile and to search

Network = IPv4Network | IPv6Network


class NetworkKind(StrEnum):
    """What a network is for."""

    APPLE_EGRESS = "apple_egress"  # where Mail Privacy Protection and Private Relay come out
    MAIL_GATEWAY = "mail_gateway"  # filters that follow links before the mail is delivered
    CLOUD = "cloud"  # data centres: hardly anybody reads his mail there


@dataclass(frozen=True)
class KnownRobots:
    """Patterns of user agents (regular expressions, case matters), and networks by kind."""

    scanners: tuple[str, ...] = ()
    mail_proxies: tuple[str, ...] = ()
    networks: tuple[tuple[NetworkKind, tuple[str, ...]], ...] = ()

    def is_scanner(self, user_agent: str) -> bool:
        """Whether it names itself as a crawler, a link checker, a library …"""
        return any(pattern.search(user_agent) for pattern in self._scanners)

    def is_mail_proxy(self, user_agent: str) -> bool:
        """Whether it names itself as the image proxy of a mail service (Gmail's and Apple's are known by rule)."""
        return any(re.search(pattern, user_agent) for pattern in self.mail_proxies)

    def kinds_of(self, ip: str) -> tuple[NetworkKind, ...]:
        """What the network of an address is known for; nothing when it is no address."""
        return tuple(kind for kind, networks in self._networks if within(ip, networks))

    @cached_property
    def _scanners(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile("|".join(self.scanners[i : i + _CHUNK])) for i in range(0, len(self.scanners), _CHUNK))

    @cached_property
    def _networks(self) -> tuple[tuple[NetworkKind, tuple[Network, ...]], ...]:
        return tuple((kind, networks_of(texts)) for kind, texts in self.networks)


def networks_of(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks from `203.0.113.0/24`, `203.0.113.7`, `2001:db8::/32`. Raises ValueError on anything else."""
    return tuple(ip_network(text, strict=False) for text in texts)


def within(ip: str, networks: Sequence[Network]) -> bool:
    """Whether an address belongs to one of them; an IPv4 address told as IPv6 (`::ffff:…`) is the IPv4 one."""
    address = _address(ip)
    return address is not None and any(address in network for network in networks if network.version == address.version)


def _address(ip: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(ip)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
