# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP for all clients of the collection: sessions, TLS, proxy, limits, and the errors of requests without an answer."""

from __future__ import annotations

import contextlib
import re
import threading
import typing as t
from http.cookiejar import DefaultCookiePolicy

try:
    import requests
    import urllib3

    HAS_REQUESTS = True
except ImportError:  # the module that uses the client reports it
    HAS_REQUESTS = False

from .limits import LIMITS, LimitedAdapter, LimitExceeded, Limits, PlainSession, read_body
from .secrets import quoted

#: Statuses after which the same read may succeed.
TRANSIENT = (429, 500, 502, 503, 504)

#: How urllib3 2 begins a reason: with the connection, which the message names already.
_CONNECTION = re.compile(r"^HTTPS?Connection(?:Pool)?\([^)]*\): ")
#: Signs, in the text of an exception, that the request was never sent.
_NOT_SENT = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")

Headers = t.Mapping[str, str]
#: Why a request got no answer. The server cannot have acted on it, except for ``timeout``, ``lost`` and
#: ``limit``.
Kind = t.Literal["tls", "proxy", "connect_timeout", "not_connected", "timeout", "lost", "limit"]


class NoAnswer(Exception):
    """A request got no answer. *reason* is one line without headers and body."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason


class Transport:
    """Sends single requests; usable from several threads. A thread that sends takes a ``requests`` session that no other uses.

    *timeout* is in seconds, for connecting and for each read. *verify* is a file or directory of certificate authorities,
    or whether to check certificates at all. *cert* is a client certificate, or certificate and key. *headers* go with every
    request. Without *cookies* the sessions drop every cookie that a server sets. *limits* bound a whole answer.
    *from_environment* takes proxies and certificate authorities from the environment, as ``requests`` does; never an identity.
    """

    def __init__(
        self,
        timeout: float,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxy: str | None = None,
        headers: Headers | None = None,
        cookies: bool = False,
        limits: Limits | None = None,
        from_environment: bool = False,
    ) -> None:
        self._timeout, self._verify, self._cert, self._proxy = timeout, verify, cert, proxy
        self._headers, self._cookies = headers or {}, cookies
        self._limits, self._from_environment = limits or LIMITS, from_environment
        self._sessions: list[requests.Session] = []
        #: Sessions that no thread uses now. Most runs have one: the thread that works on the items uses the connection on
        #: which the main thread, which waits for it, has logged in.
        self._free: list[requests.Session] = []
        self._lock = threading.Lock()

    def send(self, method: str, url: str, data: bytes | None, headers: Headers) -> requests.Response:
        """Send one request, with *data* as JSON; return the response, redirects included. Raises :class:`NoAnswer`."""
        if data is not None:
            headers = {"Content-Type": "application/json", **headers}
        try:
            with self._session() as session:
                response = session.request(
                    method, url, data=data, headers=headers, timeout=self._timeout, allow_redirects=False, stream=True
                )
                read_body(response, self._limits)
            return response
        except LimitExceeded as problem:
            raise NoAnswer("limit", str(problem)) from None
        except requests.exceptions.RequestException as problem:
            raise NoAnswer(_kind(problem), _reason(problem)) from None

    def close(self) -> None:
        """Close the connections of all threads."""
        for session in self._sessions:
            session.close()

    @contextlib.contextmanager
    def _session(self) -> t.Iterator[requests.Session]:
        """Lend a session to this thread. A session whose request was interrupted (a signal) is not used again."""
        with self._lock:
            session = self._free.pop() if self._free else None
        if session is None:
            session = self._new_session()
            with self._lock:
                self._sessions.append(session)
        reusable = True
        try:
            yield session
        except BaseException as problem:
            reusable = isinstance(problem, Exception)
            raise
        finally:
            if reusable:
                with self._lock:
                    self._free.append(session)

    def _new_session(self) -> requests.Session:
        session = PlainSession()
        session.headers["Accept-Encoding"] = "gzip, deflate"  # other codings need libraries that differ between hosts
        # ~/.netrc would replace our Authorization, REQUESTS_CA_BUNDLE our verify, HTTP_PROXY our proxy.
        session.trust_env = self._from_environment
        if self._from_environment:
            session.auth = _anonymous
        session.headers.update(self._headers)
        session.verify = self._verify
        if not self._verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # the task asks for it
        session.cert = self._cert
        if self._proxy:
            session.proxies = {"http": self._proxy, "https": self._proxy}
        if not self._cookies:
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # One connection to each host: one thread at a time uses a session.
        for scheme in ("http://", "https://"):
            session.mount(scheme, LimitedAdapter(self._limits))
        return session


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return *request* as it is. With this as ``auth``, ``requests`` reads no ``~/.netrc``."""
    return request


def _kind(problem: Exception) -> Kind:
    """Classify an exception of ``requests``."""
    errors = requests.exceptions
    if isinstance(problem, errors.SSLError):
        return "tls"
    if isinstance(problem, errors.ProxyError):
        return "proxy"
    if isinstance(problem, (errors.ConnectTimeout, errors.InvalidURL)):
        return "connect_timeout"
    if isinstance(problem, errors.InvalidHeader):
        return "not_connected"
    if isinstance(problem, errors.ConnectionError) and any(sign in repr(problem) for sign in _NOT_SENT):
        return "not_connected"
    return "timeout" if isinstance(problem, errors.Timeout) else "lost"


def _reason(problem: Exception) -> str:
    """Return the innermost reason of an exception of ``requests``, on one line and without secrets."""
    if isinstance(problem, requests.exceptions.InvalidHeader):
        return "a header has a value that HTTP does not allow"  # the exception quotes the value
    reason: t.Any = problem.args[0] if problem.args else problem
    reason = getattr(reason, "reason", None) or reason
    words = " ".join(str(reason).split())
    return quoted(_CONNECTION.sub("", words.rpartition(">: ")[2]), most=300)
