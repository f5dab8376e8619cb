"""What can be asked of the outside world, and what an answer holds.

A question is a frozen value: equal questions are asked once per run. Its type parameter names the facts that answer it. Answers
hold facts only, bounded and redacted by the probe that gathered them; what they mean is for the checks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from launchready_tui.model.verdicts import Consent


@dataclass(frozen=True, slots=True)
class Facts:
    """Base of all answers."""


F = TypeVar("F", bound=Facts)
Family = Literal["", "4", "6"]


@dataclass(frozen=True, slots=True)
class Question(Generic[F]):
    """Base of all questions. `kind` is the name under which it is stored; it picks the probe."""

    kind: ClassVar[str] = ""
    answer: ClassVar[type[Facts]] = Facts

    @property
    def host(self) -> str:
        """The host that is bothered by asking: bounds, pacing and consent go by it."""
        return ""

    @property
    def level(self) -> Consent:
        """The consent that asking needs."""
        return Consent.PASSIVE


# --- DNS ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alias:
    """One CNAME step: `name` is an alias of `target`."""

    name: str
    target: str
    ttl: int


@dataclass(frozen=True, slots=True)
class DnsAnswer(Facts):
    """What a name server said.

    `rcode` is NOERROR or NXDOMAIN (anything else is a failure of the question). `records` are in presentation form: names in
    lower case without the final dot, TXT strings joined. An empty `records` with NOERROR means: the name has no such record.
    `aliases` are the CNAME steps in order; `loop` says that they come back to themselves. `ttl` is in seconds, of the records (None: no records).
    """

    rcode: str
    records: tuple[str, ...] = ()
    ttl: int | None = None
    aliases: tuple[Alias, ...] = ()
    loop: bool = False
    authoritative: bool = False
    server: str = ""


@dataclass(frozen=True, slots=True)
class DnsLookup(Question[DnsAnswer]):
    """One record type of one name.

    `via` is empty for the run's first resolver, `authority` for a server of the zone itself (TTLs from there are not aged by a
    cache), or the address of a resolver as listed in `Resolvers`.
    """

    kind: ClassVar[str] = "dns-lookup"
    answer: ClassVar[type[Facts]] = DnsAnswer

    name: str
    rdtype: str
    via: str = ""

    @property
    def host(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ResolverList(Facts):
    """The resolvers of this run, as values for `DnsLookup.via`. `split` says that the profile names the servers itself."""

    resolvers: tuple[str, ...]
    split: bool = False


@dataclass(frozen=True, slots=True)
class Resolvers(Question[ResolverList]):
    """Which resolvers this run asks."""

    kind: ClassVar[str] = "resolvers"
    answer: ClassVar[type[Facts]] = ResolverList


# --- HTTP -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """A URL that a page, style sheet or script names.

    `url` is absolute. `role` says what a browser does with it: `link` (a), `form`, `script`, `style`, `frame`, `image`, `media`, `object`,
    `css` (url() in CSS), `literal` (a string in a script that looks like a URL), `canonical`, `meta` (OpenGraph and the like), `refresh`, `manifest`, `preload`.
    """

    role: str
    url: str


@dataclass(frozen=True, slots=True)
class Page(Facts):
    """What was read from a body. `references` are at most 2,000; `cut` says that there were more or the body was cut."""

    title: str = ""
    references: tuple[Reference, ...] = ()
    robots: str = ""
    password_field: bool = False
    payment_keys: tuple[str, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Cookie:
    """A Set-Cookie without its value. `attributes` are lower-case `name` or `name=value` in their order."""

    name: str
    attributes: tuple[str, ...] = ()

    def get(self, attribute: str) -> str | None:
        """The value of an attribute, '' if it stands alone, None if absent."""
        for item in self.attributes:
            key, _, value = item.partition("=")
            if key == attribute:
                return value
        return None


@dataclass(frozen=True, slots=True)
class HttpResponse(Facts):
    """One response; redirects are not followed.

    `headers` keep their order and repetitions, names in lower case, secrets replaced by a mark. `location` is the Location header made
    absolute ('' if none). `text` is the beginning of the decoded body (at most 16 KiB, secrets replaced), `body_sha256` and `body_bytes` are of what was
    read of the body (at most 5 MiB; `cut` says that it went on). `elapsed_ms` is from the first byte sent to the last byte read.
    A bot wall that answered in place of the product, and a 429 to a passive visit, are failures of the question (`bot-wall`, `rate-limited`).
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    location: str = ""
    cookies: tuple[Cookie, ...] = ()
    page: Page = Page()
    text: str = ""
    body_sha256: str = ""
    body_bytes: int = 0
    cut: bool = False
    address: str = ""
    http_version: str = ""
    elapsed_ms: float = 0.0

    def header(self, name: str) -> str:
        """The first header of that name, '' if absent."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """All headers of that name."""
        return tuple(value for key, value in self.headers if key == name.lower())

    @property
    def media_type(self) -> str:
        """`text/html` of `Text/HTML; charset=utf-8`."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class HttpExchange(Question[HttpResponse]):
    """One request, one response.

    `family` pins the address family ('' takes whichever answers first, IPv4 tried first). `session` names a cookie jar that lives for
    this run: exchanges of one session send the cookies set by its earlier `step`s; without a session no cookie is sent.
    `address` is dialled instead of what DNS says; name, certificate and Host header stay those of the URL.
    `active` marks a GET that probes rather than visits; every method but GET, HEAD and OPTIONS is active by itself.
    `crawl` asks for the pacing of a crawl; it does not make another question.
    """

    kind: ClassVar[str] = "http-exchange"
    answer: ClassVar[type[Facts]] = HttpResponse

    method: str
    url: str
    family: Family = ""
    address: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    session: str = ""
    step: int = 0
    active: bool = False
    crawl: bool = field(default=False, compare=False)

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        visits = self.method in ("GET", "HEAD", "OPTIONS") and not self.active
        return Consent.PASSIVE if visits else Consent.ACTIVE


# --- TLS ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Certificate:
    """The parts of a certificate that are judged. `key_bits` is 0 where the size means nothing (Ed25519)."""

    subject: str
    issuer: str
    serial: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key_type: str
    key_bits: int
    signature_hash: str
    sha256: str
    is_ca: bool = False
    self_issued: bool = False


@dataclass(frozen=True, slots=True)
class TlsSession(Facts):
    """A finished handshake and its verification.

    `problem` is '' where the chain verified for the name, else one of expired, not-yet-valid, self-signed, hostname-mismatch,
    untrusted, incomplete-chain, weak-key, weak-signature, revoked, other. `detail` is the verifier's own sentence. `chain` is what the peer sent, leaf first.
    """

    address: str
    version: str
    cipher: str
    chain: tuple[Certificate, ...]
    problem: str = ""
    detail: str = ""
    alpn: str = ""

    @property
    def leaf(self) -> Certificate:
        """The peer's own certificate."""
        return self.chain[0]


@dataclass(frozen=True, slots=True)
class TlsHandshake(Question[TlsSession]):
    """A complete handshake with one address ('' takes the first that answers), verified against the trust store of the run."""

    kind: ClassVar[str] = "tls-handshake"
    answer: ClassVar[type[Facts]] = TlsSession

    name: str
    port: int = 443
    address: str = ""

    @property
    def host(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class TlsReply(Facts):
    """What a server said to a hand-built ClientHello: `accepted` with the version and cipher suite it chose, or an alert by name."""

    accepted: bool
    version: str = ""
    cipher: str = ""
    alert: str = ""


TlsVersion = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
CipherGroup = Literal["all", "broken", "triple-des", "static-rsa", "cbc", "modern"]


@dataclass(frozen=True, slots=True)
class TlsOffer(Question[TlsReply]):
    """A ClientHello that offers one version and one group of cipher suites, without completing the handshake.

    Groups: `all` everything usual; `broken` NULL, EXPORT, RC4, anonymous; `triple-des`; `static-rsa` (no forward secrecy); `cbc`
    (forward secret, no AEAD); `modern` (forward secret AEAD).
    """

    kind: ClassVar[str] = "tls-offer"
    answer: ClassVar[type[Facts]] = TlsReply

    name: str
    version: TlsVersion
    group: CipherGroup = "all"
    port: int = 443
    address: str = ""

    @property
    def host(self) -> str:
        return self.name


# --- what was seen before -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeenCertificate(Facts):
    """The certificate of a host in an earlier run, when it was seen; `found` is False where no earlier run saw one."""

    found: bool
    serial: str = ""
    not_after: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EarlierCertificate(Question[SeenCertificate]):
    """Which certificate the engagement's newest earlier run saw on a host. Answered from the records, not from the network."""

    kind: ClassVar[str] = "earlier-certificate"
    answer: ClassVar[type[Facts]] = SeenCertificate

    name: str

    @property
    def host(self) -> str:
        return self.name


# --- registration ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Registration(Facts):
    """What RDAP says of a domain (RFC 9083). `registered` is False for its 404."""

    registered: bool
    expires_at: datetime | None = None
    statuses: tuple[str, ...] = ()
    registrar: str = ""


@dataclass(frozen=True, slots=True)
class RdapDomain(Question[Registration]):
    """The registration of a registrable domain."""

    kind: ClassVar[str] = "rdap-domain"
    answer: ClassVar[type[Facts]] = Registration

    domain: str

    @property
    def host(self) -> str:
        return self.domain


QUESTIONS: dict[str, type[Question[Any]]] = {
    question.kind: question
    for question in (DnsLookup, Resolvers, HttpExchange, TlsHandshake, TlsOffer, EarlierCertificate, RdapDomain)
}
