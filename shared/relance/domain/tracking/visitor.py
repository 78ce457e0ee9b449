"""What is kept of a visitor: a network instead of an address, a family of programs instead of a user agent. [T-06]"""

from ipaddress import IPv6Address, ip_address, ip_network

_FAMILIES = (  # the first that matches: Outlook's and Edge's user agents also name Chrome and Safari
    ("GoogleImageProxy", "gmail_proxy"),
    ("Thunderbird", "thunderbird"),
    ("Microsoft Outlook", "outlook"),
    ("MSOffice", "outlook"),
    ("Android", "android"),
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("Windows", "windows"),
    ("Macintosh", "mac"),
    ("Linux", "linux"),
)


def network_of(ip: str) -> str:
    """The /24 (IPv4) or /48 (IPv6) around an address, "" when it is none: several hundred subscribers or more."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def agent_class(user_agent: str) -> str:
    """The family of a user agent: `windows`, `ios`, `gmail_proxy` …, `none` without one, `other`."""
    if not user_agent.strip():
        return "none"
    return next((family for mark, family in _FAMILIES if mark in user_agent), "other")
