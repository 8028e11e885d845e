"""Links to a packet's page: they open what they say, for a day, and nobody else can make one."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.packet_link import LIFETIME_S, PacketRef, link, opened

NOW = 1_764_000_000
SECRET = "kept to ourselves"
BASE = "https://agent.example.com"


def path_of(url: str) -> str:
    return url.removeprefix(BASE)


def test_a_link_opens_its_packet_until_it_expires() -> None:
    url = link(BASE, "CA42", 1, SECRET, NOW + LIFETIME_S)
    assert re.fullmatch(r"https://agent\.example\.com/packet/CA42/1\?e=1764086400&s=[0-9a-f]{64}", url)
    assert opened(path_of(url), SECRET, NOW) == PacketRef("CA42", "1")
    assert opened(path_of(url), SECRET, NOW + LIFETIME_S - 0.1) == PacketRef("CA42", "1")
    assert opened(path_of(url), SECRET, NOW + LIFETIME_S) is None


def test_the_signature_is_hmac_sha256() -> None:
    # printf 'packet\nCA42\n1\n1764086400' | openssl dgst -sha256 -hmac 'kept to ourselves'
    assert link(BASE, "CA42", 1, SECRET, 1764086400).endswith(
        "s=89e6bae36e75c0844c0e3de44980e12f4e8f5d9133dba652c89a4016d21ed32c"
    )


def test_a_base_may_have_a_path() -> None:
    url = link("https://example.com/agent/", "CA42", "leg-2", SECRET, NOW + 60)
    assert url.startswith("https://example.com/agent/packet/CA42/leg-2?")
    assert opened(url.removeprefix("https://example.com"), SECRET, NOW) == PacketRef("CA42", "leg-2")


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.replace("CA42", "CA43"),
        lambda path: path.replace("/1?", "/2?"),
        lambda path: path.replace(f"e={NOW + 60}", f"e={NOW + 61}"),
        lambda path: path.replace("e=", "e=0"),
        lambda path: path[:-1],
        lambda path: path[:-1] + ("0" if path[-1] != "0" else "1"),
        lambda path: path.upper(),
        lambda path: path + "&s=1",
        lambda path: path + "\n",
        lambda path: path.partition("?")[0],
        lambda path: path.replace("/packet/", "/packet"),
        lambda path: path.replace("e=1", "e=１"),
        lambda path: "",
    ],
)
def test_an_altered_link_opens_nothing(change: object) -> None:
    assert callable(change)
    path = path_of(link(BASE, "CA42", 1, SECRET, NOW + 60))
    assert change(path) != path
    assert opened(change(path), SECRET, NOW) is None


def test_another_secret_opens_nothing() -> None:
    path = path_of(link(BASE, "CA42", 1, SECRET, NOW + 60))
    assert opened(path, "another", NOW) is None
    assert opened(path, "", NOW) is None


@pytest.mark.parametrize(
    ("call", "part", "secret"),
    [("CA 42", 1, SECRET), ("CA/42", 1, SECRET), ("", 1, SECRET), ("CA42", "+14155550199", SECRET), ("CA42", 1, "")],
)
def test_a_link_that_would_open_nothing_is_not_made(call: str, part: str | int, secret: str) -> None:
    with pytest.raises(ValueError, match="a link"):
        link(BASE, call, part, secret, NOW)


NAMES = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64)


@settings(max_examples=50)
@given(call=NAMES, part=NAMES, life=st.integers(1, 10**9))
def test_any_name_comes_back(call: str, part: str, life: int) -> None:
    path = path_of(link(BASE, call, part, SECRET, NOW + life))
    assert opened(path, SECRET, NOW) == PacketRef(call, part)
    assert opened(path, SECRET, NOW + life) is None
