"""Signatures: the documented vector, Twilio's quirks one by one, and that nothing else gets through."""

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from voice.errors import OperatorError
from voice.signature import FORM, Signatures

TOKEN = "12345"
BASE = "https://mycompany.com"
PATH = "/myapp.php?foo=1&bar=2"
CLASSIC = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
VECTOR = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
BODY = b"x"
"""What the form was read from; only that there was one matters here."""

Pairs = list[tuple[str, str]]


class Multi(dict[str, list[str]]):
    """A form with repeated names, as the package takes one."""

    def __init__(self, pairs: Pairs) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        return self[name]


def sign(url: str, pairs: Pairs | None = None, token: str = TOKEN) -> str:
    """As Twilio does it."""
    return str(RequestValidator(token).compute_signature(url, Multi(pairs or [])))


def post(signatures: Signatures, path: str, pairs: Pairs, signature: str | None) -> bool:
    return signatures.webhook("POST", path, pairs, BODY if pairs else b"", FORM, signature)


def get(signatures: Signatures, path: str, signature: str | None) -> bool:
    return signatures.webhook("GET", path, [], b"", "", signature)


def test_point_6_the_documented_vector() -> None:
    assert post(Signatures(BASE, TOKEN), PATH, CLASSIC, VECTOR)
    assert post(Signatures(BASE, TOKEN), PATH, CLASSIC[::-1], VECTOR)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        VECTOR[:-1],
        VECTOR + "=",
        VECTOR.lower(),
        f" {VECTOR}",
        "RSOYDt4T1cUTdK1PDd93/VVr8B9=",
        "ÄÖÜYDt4T1cUTdK1PDd93/VVr8B8=",
        "\ud800",
    ],
)
def test_point_2_a_missing_or_wrong_signature_is_refused(signature: str | None) -> None:
    assert not post(Signatures(BASE, TOKEN), PATH, CLASSIC, signature)


def test_another_accounts_token_is_refused() -> None:
    assert not post(Signatures(BASE, "54321"), PATH, CLASSIC, VECTOR)


def test_the_previous_token_counts_while_it_is_given() -> None:
    assert post(Signatures(BASE, "new", previous_token=TOKEN), PATH, CLASSIC, VECTOR)
    assert not post(Signatures(BASE, "new"), PATH, CLASSIC, VECTOR)


@pytest.mark.parametrize(
    ("configured", "signed"),
    [
        ("https://a.example", "https://a.example/p"),
        ("https://a.example/", "https://a.example/p"),
        ("https://a.example:8443", "https://a.example/p"),
        ("https://a.example:8443", "https://a.example:8443/p"),
        ("https://a.example", "https://a.example:443/p"),
        ("https://user:pass@a.example", "https://a.example/p"),
        ("https://user:p@ss@a.example:8443", "https://a.example/p"),
        ("https://a.example/#rc=2", "https://a.example/p"),
        ("https://a.example/prefix/", "https://a.example/prefix/p"),
        ("http://a.example:8080", "http://a.example:8080/p"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]/p"),
        ("https://[::1]:5000", "https://[::1]/p"),
        ("https://[::1]:5000", "https://[::1]:5000/p"),
    ],
)
def test_point_6_port_user_and_fragment_of_the_base(configured: str, signed: str) -> None:
    pairs = [("CallSid", "CA1")]
    assert post(Signatures(configured, TOKEN), "/p", pairs, sign(signed, pairs))


@pytest.mark.parametrize("signed", ["http://a.example/p", "https://b.example/p", "https://a.example:444/p", "/p"])
def test_another_address_is_refused(signed: str) -> None:
    assert not get(Signatures("https://a.example", TOKEN), "/p", sign(signed))


def test_point_6_a_fragment_in_the_path_is_not_signed() -> None:
    assert get(Signatures("https://a.example", TOKEN), "/p?a=1#rc=2", sign("https://a.example/p?a=1"))


@pytest.mark.parametrize(
    "pairs",
    [
        [("StreamError", ""), ("CallSid", "CA1")],
        [("", "")],
        [("Tag", "b"), ("Tag", "a"), ("CallSid", "CA1")],
        [("Tag", "a"), ("Tag", "a")],
        [("SomethingNew2027", "x"), ("CallSid", "CA1")],
        [("Body", "Müller & Söhne <x> + 50%")],
    ],
)
def test_point_6_blank_repeated_and_unknown_parameters(pairs: Pairs) -> None:
    signatures = Signatures("https://a.example", TOKEN)
    assert post(signatures, "/p", pairs, sign("https://a.example/p", pairs))
    assert not post(signatures, "/p", [*pairs, ("More", "")], sign("https://a.example/p", pairs))


def test_point_6_a_get_has_its_parameters_in_the_url() -> None:
    signatures = Signatures("https://a.example", TOKEN)
    path = "/p?CallSid=CA1&Blank=&From=%2B14155550199"
    assert get(signatures, path, sign("https://a.example" + path))
    assert not get(signatures, path.replace("%2B", "+"), sign("https://a.example" + path))
    assert not signatures.webhook("GET", path, [("A", "b")], BODY, FORM, sign("https://a.example" + path, [("A", "b")]))


def test_point_6_a_json_body_is_vouched_for_by_its_hash() -> None:
    signatures = Signatures("https://a.example", TOKEN)
    body = b'{"a": 1}'
    path = f"/p?bodySHA256={hashlib.sha256(body).hexdigest()}"
    good = sign("https://a.example" + path)
    assert signatures.webhook("POST", path, [], body, "application/json; charset=utf-8", good)
    assert not signatures.webhook("POST", path, [], body + b" ", "application/json", good)
    assert not signatures.webhook("POST", "/p", [], body, "application/json", sign("https://a.example/p"))
    twice = path + "&bodySHA256=" + "0" * 64
    assert not signatures.webhook("POST", twice, [], body, "application/json", sign("https://a.example" + twice))


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x"])
def test_a_body_that_nothing_vouches_for_is_refused(kind: str) -> None:
    signatures = Signatures("https://a.example", TOKEN)
    assert not signatures.webhook("POST", "/p", [], b"Digits=1", kind, sign("https://a.example/p"))


@pytest.mark.parametrize("path", ["", "p", "https://a.example/p", "/p q", "/p\n", "/ü"])
def test_a_path_that_nobody_sends_is_refused(path: str) -> None:
    signatures = Signatures("https://a.example", TOKEN)
    assert not get(signatures, path, sign("https://a.example" + path))


@pytest.mark.parametrize("method", ["PUT", "HEAD", "get", ""])
def test_another_method_is_refused(method: str) -> None:
    signatures = Signatures("https://a.example", TOKEN)
    assert not signatures.webhook(method, "/p", [], b"", "", sign("https://a.example/p"))


@pytest.mark.parametrize(
    ("base", "signed"),
    [
        ("https://a.example", "wss://a.example/ws"),
        ("https://a.example", "wss://a.example/ws/"),
        ("https://a.example", "wss://a.example:443/ws"),
        ("https://a.example", "wss://a.example:443/ws/"),
        ("https://a.example:8443", "wss://a.example/ws"),
        ("https://[::1]:5000", "wss://[::1]:5000/ws/"),
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
    ],
)
def test_point_2_an_upgrade_with_and_without_a_slash(base: str, signed: str) -> None:
    assert Signatures(base, TOKEN).upgrade("/ws", sign(signed))
    assert Signatures(base, TOKEN).upgrade("/ws/", sign(signed))


@pytest.mark.parametrize(
    ("path", "signed"),
    [
        ("/ws", "https://a.example/ws"),
        ("/ws", "wss://a.example/ws//"),
        ("/ws", "wss://a.example/wss"),
        ("/ws", "wss://a.example:80/ws"),
        ("/ws?x=1", "wss://a.example/ws?x=1"),
        ("/ws#x", "wss://a.example/ws#x"),
        ("ws", "wss://a.examplews"),
    ],
)
def test_point_2_any_other_upgrade_is_refused(path: str, signed: str) -> None:
    assert not Signatures("https://a.example", TOKEN).upgrade(path, sign(signed))
    assert not Signatures("https://a.example", TOKEN).upgrade(path, None)


@pytest.mark.parametrize("base", ["", "a.example", "ftp://a.example", "https://", "https://a b", "https://a:port"])
def test_a_base_that_is_no_address_stops_the_server(base: str) -> None:
    with pytest.raises(OperatorError, match="public_url"):
        Signatures(base, TOKEN)


def test_no_token_stops_the_server() -> None:
    with pytest.raises(OperatorError, match="auth token"):
        Signatures(BASE, "")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FORMS = st.lists(st.tuples(TEXTS.filter(bool), TEXTS), min_size=1, max_size=5)


@settings(max_examples=60)
@given(pairs=FORMS, path=st.from_regex(r"/[a-z0-9/]{0,12}(\?[a-z]=[a-z0-9%]{0,6})?", fullmatch=True))
def test_what_the_package_signs_is_good(pairs: Pairs, path: str) -> None:
    signatures = Signatures("https://a.example", TOKEN)
    assert post(signatures, path, pairs, sign("https://a.example" + path, pairs))


@settings(max_examples=60)
@given(pairs=FORMS, which=st.integers(0, 4), change=st.characters(exclude_categories=["Cs"]))
def test_a_changed_value_is_not(pairs: Pairs, which: int, change: str) -> None:
    signature = sign("https://a.example/p", pairs)
    name, value = pairs[which % len(pairs)]
    changed = [*pairs]
    changed[which % len(pairs)] = (name, value + change)
    assert not post(Signatures("https://a.example", TOKEN), "/p", changed, signature) or sorted(set(changed)) == sorted(
        set(pairs)
    )


@settings(max_examples=60)
@given(place=st.integers(0, 19), bit=st.integers(0, 7))
def test_a_changed_bit_of_the_signature_is_not(place: int, bit: int) -> None:
    raw = bytearray(base64.b64decode(VECTOR))
    raw[place] ^= 1 << bit
    assert not post(Signatures(BASE, TOKEN), PATH, CLASSIC, base64.b64encode(raw).decode())
