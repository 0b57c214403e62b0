"""Where a notice may go: a public address, or one the administrator has let in by name of network.

The portal stands inside the government network: an address given by another office must not make
it call whatever else stands there.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
HTTPS_PORT, LARGEST_PORT = 443, 65535
LONGEST_URL = 500
# 可见的 ASCII：别的写法各家解析不一，检查的与连接的会不是同一个主机。
PLAIN = re.compile(r"https://[\x21-\x7e]+")
HOST = re.compile(r"[0-9A-Za-z.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
NOT_HTTPS = "通知地址须以 https:// 开头，只用可见的英文字符。"
NOT_A_PLACE = "通知地址不能带账号、口令或 # 片段，主机名须写全。"
REFUSED = "通知地址在内部网络，不能用；确需如此，请系统管理员把网段加入 WEBHOOK_ALLOWED_NETWORKS。"
UNKNOWN = "通知地址的主机名解析不出来，请核对。"
# 里面能裹着任何 IPv4 地址的 IPv6 网段：6to4、NAT64、Teredo。
WRAPPING = tuple(
    ipaddress.ip_network(text) for text in ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48")
)


class AddressRefusedError(ValueError):
    """A notice may not be sent there; the message says why."""


def place_of(url: str) -> tuple[str, int, str]:
    """Host, port and path of a notice's address. AddressRefusedError where it is no such."""
    if len(url) > LONGEST_URL or not PLAIN.fullmatch(url) or "\\" in url:
        raise AddressRefusedError(NOT_HTTPS)
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS_PORT
    except ValueError:
        raise AddressRefusedError(NOT_A_PLACE) from None
    host = parts.hostname or ""
    written = f"[{host}]" if ":" in host else host
    if "@" in parts.netloc or parts.fragment or not HOST.fullmatch(written):
        raise AddressRefusedError(NOT_A_PLACE)
    path = parts.path or "/"
    return host, port, f"{path}?{parts.query}" if parts.query else path


def refuse_plainly_inside(url: str) -> None:
    """Refuse an address that shows by itself that it is inside; no name is looked up for it.

    A look-up would let a caller learn which names the government network knows.
    """
    host, _, _ = place_of(url)
    literal = _literal(host)
    if literal is None and (host.lower() == "localhost" or "." not in host):
        raise AddressRefusedError(REFUSED)
    if literal is not None and not is_allowed(literal):
        raise AddressRefusedError(REFUSED)


def checked_address(host: str, port: int) -> str:
    """The address to connect to, looked up once. AddressRefusedError where any of it is inside."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefusedError(UNKNOWN) from None
    texts = [str(place[0]).partition("%")[0] for *_, place in found]
    if not texts:
        raise AddressRefusedError(UNKNOWN)
    if not all(is_allowed(ipaddress.ip_address(text)) for text in texts):
        raise AddressRefusedError(REFUSED)
    return texts[0]


def is_allowed(address: Address) -> bool:
    """Whether a notice may go to the address: it is public, or let in by the setting."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    networks = (ipaddress.ip_network(text) for text in settings.WEBHOOK_ALLOWED_NETWORKS)
    if any(address in network for network in networks):
        return True
    if address.is_multicast or address.is_reserved or any(address in one for one in WRAPPING):
        return False
    return address.is_global


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    # 127.1、0x7f000001、2130706433 这样的旧写法也是地址，系统照样认得。
    try:
        return ipaddress.ip_address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None
