from __future__ import annotations

from ipaddress import ip_address

import pytest

from stellwerk.errors import SettingInvalid
from stellwerk.jobs.connectors.allowed import AllowList, NotAllowed


@pytest.mark.parametrize(
    ("setting", "host"),
    [
        ("api.example.com", "api.example.com"),
        ("API.example.com.", "api.EXAMPLE.com."),
        ("*.example.com", "a.b.example.com"),
        ("10.0.0.5", "10.0.0.5"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("127.0.0.1", "::ffff:127.0.0.1"),
        ("93.184.216.34", "93.184.216.34"),
        ("a.example, b.example", "b.example"),
    ],
)
def test_a_listed_host_is_allowed(setting: str, host: str) -> None:
    AllowList.parse(setting).check_host(host)


@pytest.mark.parametrize(
    ("setting", "host"),
    [
        ("", "api.example.com"),
        ("api.example.com", "example.com"),
        ("api.example.com", "evil-api.example.com"),
        ("api.example.com", "api.example.com.evil.org"),
        ("*.example.com", "example.com"),
        ("*.example.com", "evilexample.com"),
        ("10.0.0.5", "10.0.0.6"),
        ("10.0.0.5", "93.184.216.34"),
        ("api.example.com", "127.0.0.1"),
        ("api.example.com", "0x7f000001"),
        ("api.example.com", "2130706433"),
        ("api.example.com", "localhost"),
    ],
)
def test_any_other_host_is_refused_with_the_setting(setting: str, host: str) -> None:
    with pytest.raises(NotAllowed, match="STELLWERK_HTTP_ALLOW"):
        AllowList.parse(setting).check_host(host)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:0:0:0:0:80ff:fffe",
    ],
)
def test_an_address_of_our_own_networks_is_refused_unless_it_is_listed(address: str) -> None:
    with pytest.raises(NotAllowed, match="STELLWERK_HTTP_ALLOW"):
        AllowList.parse("api.example.com").check_address("api.example.com", ip_address(address))
    AllowList.parse(f"api.example.com, {address}").check_address("api.example.com", ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1"])
def test_a_public_address_is_allowed(address: str) -> None:
    AllowList.parse("").check_address("x", ip_address(address))


@pytest.mark.parametrize("setting", ["https://api.example.com", "example.com:443", "a*b", "user@host", "*"])
def test_an_entry_that_is_no_host_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(SettingInvalid, match="Write hosts and addresses"):
        AllowList.parse(setting)
