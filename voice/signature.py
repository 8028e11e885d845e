"""Whether a request really comes from Twilio: its signature over the URL it asked for and the form it sent.

base64(HMAC-SHA1(auth token, URL + every name and value, sorted)), computed by the `twilio` package. The URL is never
the one that we were reached at, a proxy stands between: it is the configured public base and the path as it came.
Twilio's "Security" page on that URL: user, password and port are left out over HTTPS; fragments are never signed; a
WebSocket upgrade is signed over wss:// and may have a slash more at its end. With and without a port both count, since
the signing side isn't consistent (`twilio.request_validator` tries both as well).

The algorithm puts names and values together without a mark between them, and the same pair twice counts once; neither
can be told apart by any check.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from voice.errors import OperatorError

FORM = "application/x-www-form-urlencoded"
_AUTHORITY = re.compile(r"(?:.*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?")
_PATH = re.compile(r"/[!-~]*")
_PLAIN_PATH = re.compile(r'/[!"$->@-~]*')
"""Without `?` and `#`."""
_PORTS = {"https": "443", "http": "80", "wss": "443", "ws": "80"}


class _Form:
    """Pairs of a form as the package wants them: repeated names keep all their values."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getall(self, name: str) -> list[str]:
        return self._values[name]


class Signatures:
    """Checks signatures made with one account's auth token."""

    def __init__(self, public_url: str, auth_token: str, *, previous_token: str = "") -> None:
        """`previous_token` counts too, while an account's token is being changed.

        Raises:
            OperatorError: no usable base URL, or no token.
        """
        parts = urlsplit(public_url.strip())
        authority = _AUTHORITY.fullmatch(parts.netloc)
        if parts.scheme not in {"https", "http"} or authority is None:
            raise OperatorError(
                "public_url is not an https:// address; set it to where the carrier reaches this server"
            )
        if not auth_token:
            raise OperatorError("no auth token; without it no request can be told from a forged one")
        prefix = parts.path.rstrip("/")
        web, socket = parts.scheme, {"https": "wss", "http": "ws"}[parts.scheme]
        self._sites = _sites(web, authority[1], authority[2], prefix)
        self._sockets = _sites(socket, authority[1], authority[2], prefix)
        self._signers = tuple(RequestValidator(token) for token in (auth_token, previous_token) if token)

    def webhook(
        self,
        method: str,
        path_and_query: str,
        form: Iterable[tuple[str, str]],
        body: bytes,
        content_type: str,
        signature: str | None,
    ) -> bool:
        """`path_and_query` as it came, `form` as the body says it: blank and repeated values kept."""
        fields = _Form(form)
        path = path_and_query.partition("#")[0]
        if (
            signature is None
            or not _PATH.fullmatch(path)
            or not _covered(method, path, len(fields), body, content_type)
        ):
            return False
        return self._signed([site + path for site in self._sites], fields, signature)

    def upgrade(self, path: str, signature: str | None) -> bool:
        """A WebSocket upgrade; `path` as it came, which has no query."""
        if signature is None or not _PLAIN_PATH.fullmatch(path):
            return False
        bare = path.rstrip("/")
        urls = [site + bare + slash for site in self._sockets for slash in ("", "/")]
        return self._signed(urls, _Form(()), signature)

    def _signed(self, urls: list[str], fields: _Form, signature: str) -> bool:
        """Whether any of the URLs was signed; takes as long whichever it is."""
        given = signature.encode("ascii", "replace")
        good = False
        try:
            for signer in self._signers:
                for url in urls:
                    good |= hmac.compare_digest(signer.compute_signature(url, fields).encode("ascii"), given)
        except UnicodeEncodeError:
            return False
        return good


def _sites(scheme: str, host: str, port: str | None, prefix: str) -> tuple[str, ...]:
    """The base without a port, with the scheme's own, and with the configured one."""
    ports = dict.fromkeys(("", f":{_PORTS[scheme]}", f":{port}" if port else ""))
    return tuple(f"{scheme}://{host}{one}{prefix}" for one in ports)


def _covered(method: str, path: str, fields: int, body: bytes, content_type: str) -> bool:
    """Whether the signature, if it is right, vouches for the body as well."""
    if method not in {"GET", "POST"}:
        return False
    query = parse_qsl(path.partition("?")[2], keep_blank_values=True)
    hashes = [value for name, value in query if name == "bodySHA256"]
    if hashes:
        said, found = hashes[0].encode("ascii", "replace"), hashlib.sha256(body).hexdigest().encode("ascii")
        return len(hashes) == 1 and not fields and hmac.compare_digest(said, found)
    if not body and not fields:
        return True
    kind = content_type.partition(";")[0].strip().lower()
    return method == "POST" and kind == FORM and fields > 0
