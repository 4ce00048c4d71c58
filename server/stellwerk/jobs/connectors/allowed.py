"""What the HTTP connector may reach: hosts by name, and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from stellwerk.errors import SettingInvalid

SETTING = "STELLWERK_HTTP_ALLOW"
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_NAT64 = ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """The connector must not go there; the message says what, why and which setting decides."""


@dataclass(frozen=True)
class AllowList:
    """`names` are hosts in lower case, `*.example.com` for all below one; `networks` are addresses."""

    names: frozenset[str]
    networks: tuple[Network, ...]

    @classmethod
    def parse(cls, text: str) -> AllowList:
        """Read the setting. Raises SettingInvalid for an entry that is neither host nor address."""
        names, networks = set(), []
        for entry in filter(None, (part.strip().lower().rstrip(".") for part in text.split(","))):
            try:
                networks.append(ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                names.add(_name(entry))
        return cls(frozenset(names), tuple(networks))

    def check_host(self, host: str) -> None:
        """Raise NotAllowed for a host, as it stands in an address, that is not in the list."""
        host = host.lower().rstrip(".").strip("[]")
        address = _address(host)
        if address is not None:
            self.check_address(host, address)
            if not self._holds(address):
                raise NotAllowed(_not_listed(host))
        elif host not in self.names and not any(f"*.{parent}" in self.names for parent in _parents(host)):
            raise NotAllowed(_not_listed(host))

    def check_address(self, host: str, address: Address) -> None:
        """Raise NotAllowed for an address inside a network of our own that is not in the list itself."""
        if _is_private(address) and not self._holds(address):
            raise NotAllowed(
                f"'{host}' is at {address}, which is an address of this machine or of a private network. "
                f"An administrator can allow it by adding {address} to {SETTING}."
            )

    def _holds(self, address: Address) -> bool:
        meant = _embedded(address)
        return any(a.version == n.version and a in n for n in self.networks for a in (address, meant))


def _name(entry: str) -> str:
    plain = entry.removeprefix("*.")
    if not plain or any(character in plain for character in "/:@*? "):
        raise SettingInvalid(
            f"{SETTING} holds '{entry}'. "
            "Write hosts and addresses: api.example.com, *.example.com, 10.0.0.5, 10.0.0.0/8."
        )
    return entry


def _not_listed(host: str) -> str:
    return f"Calls to '{host}' are not allowed. An administrator can allow them by adding {host} to {SETTING}."


def _parents(host: str) -> list[str]:
    parts = host.split(".")
    return [".".join(parts[i:]) for i in range(1, len(parts))]


def _address(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def _is_private(address: Address) -> bool:
    return any(
        not a.is_global or a.is_private or a.is_loopback or a.is_link_local or a.is_multicast or a.is_reserved
        for a in {address, _embedded(address)}
    )
