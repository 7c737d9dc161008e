# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP client for Grafana: identity, organization of a request, retries, sessions, version.

It knows no resource. What is repeated, and when: reads freely; a write only where the server says that it
did nothing (429, 503 with Retry-After). A write whose answer is lost, or that ends in a 408 or a 5xx, is an error
that its caller turns into a question: what is there now?
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import threading
import time
import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote, urlencode

try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter

    HAS_REQUESTS = True
except ImportError:  # the module that uses the client reports it
    HAS_REQUESTS = False

from .auth import Cookie, auth_for
from .connection import Connection, Identity
from .errors import (
    Answer,
    Forbidden,
    GrafanaError,
    LostAnswer,
    NotFound,
    NotGrafana,
    ServerError,
    Unreachable,
    from_answer,
    public_url,
    quoted,
)
from .versions import Version, parse

#: The collection's version; Grafana's own records show the User-Agent as who wrote (managedFields, 11.5 on).
COLLECTION_VERSION = "0.1.0"
USER_AGENT = "orgsmith.grafana/" + COLLECTION_VERSION

#: The longest that one Retry-After is waited for, in seconds. Grafana Cloud's windows last up to an hour: whoever is
#: told to wait that long is better told so than kept.
LONGEST_WAIT = 120.0
Headers = t.Mapping[str, str]

#: How urllib3 2 begins a reason.
_WHO = re.compile(r"^HTTPS?Connection(?:Pool)?\([^)]*\): ")
#: Statuses after which a read is repeated.
_PASSING = (408, 429, 500, 502, 503, 504)


def segment(name: str) -> str:
    """Return *name* for use as one segment of a path: a space is %20, a slash %2F."""
    return quote(name, safe="")


class Client:
    """Talks to one server as one identity; usable from several threads, one connection each.

    ``before_write`` is called before every request that is no read; it raises to stop the run.
    """

    def __init__(self, connection: Connection, before_write: t.Callable[[], None] | None = None) -> None:
        self.connection = connection
        self._before_write = before_write or (lambda: None)
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()
        self._first = threading.Lock()
        self._let_in = False
        self._version: Version | None = None
        self._version_known = False
        self._ahead = timedelta(0)
        self._auth = auth_for(connection, self._send_once)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: t.Any) -> None:
        self.close()

    def close(self) -> None:
        """Log out and drop the connections. Never raises."""
        self._auth.close()
        for session in self._sessions:
            session.close()

    def as_token(self, token: str) -> Client:
        """Return a client of the same server that asks with *token* alone."""
        values = {name: getattr(self.connection, name) for name in Connection.__dataclass_fields__}
        plain = {name: v for name, v in self.connection.headers.items() if name.lower() != "authorization"}
        values.update(identity=Identity(token=token), headers=plain, client_cert=self.connection.client_cert)
        client = Client(Connection(**values), self._before_write)
        client._version, client._version_known = self._version, self._version_known
        client._ahead = self._ahead
        return client

    def expect(self, requests_to_come: int) -> None:
        """Say how many requests are about to be made, so that a login is worth while or not."""
        self._auth.expect(requests_to_come)

    # The verbs. ``org`` is the id that X-Grafana-Org-Id names; nothing ever switches the caller's own org.

    def get(self, path: str, org: int | None = None, **params: t.Any) -> t.Any:
        """Return the body that *path* answers with. Raises :class:`GrafanaError`."""
        return self.request("GET", path, org=org, params=params)

    def find(self, path: str, org: int | None = None, **params: t.Any) -> t.Any:
        """Return the body that *path* answers with, ``None`` where the server says 404."""
        try:
            return self.get(path, org=org, **params)
        except NotFound:
            return None

    def each(self, path: str, org: int | None = None, **params: t.Any) -> t.Iterator[t.Any]:
        """Yield the entries of a list, page after page from ``page`` on; ``limit`` or ``perpage`` is the size of a page."""
        size = int(params.get("limit") or params["perpage"])
        while True:
            entries = self.get(path, org=org, **params)
            yield from entries
            if len(entries) < size:
                return
            params["page"] += 1

    def post(self, path: str, body: t.Any = None, org: int | None = None) -> t.Any:
        """Create. Raises :class:`GrafanaError`."""
        return self.request("POST", path, org=org, body=body)

    def put(self, path: str, body: t.Any = None, org: int | None = None) -> t.Any:
        """Replace. Raises :class:`GrafanaError`."""
        return self.request("PUT", path, org=org, body=body)

    def patch(self, path: str, body: t.Any = None, org: int | None = None) -> t.Any:
        """Change in part. Raises :class:`GrafanaError`."""
        return self.request("PATCH", path, org=org, body=body)

    def delete(self, path: str, org: int | None = None) -> t.Any:
        """Remove. Raises :class:`GrafanaError`."""
        return self.request("DELETE", path, org=org)

    def request(
        self,
        method: str,
        path: str,
        org: int | None = None,
        body: t.Any = None,
        params: t.Mapping[str, t.Any] | None = None,
        anonymous: bool = False,
        retry: bool = True,
    ) -> t.Any:
        """Return the parsed body of a 2xx answer; everything else is a :class:`GrafanaError`.

        *anonymous* requests carry no identity; without *retry* a request is made once.
        """
        if params:
            path = "%s?%s" % (path, urlencode({k: v for k, v in params.items() if v is not None}, quote_via=quote))
        context = self._context(method, org)
        attempt = 0
        while True:
            if method != "GET":
                self._before_write()
            try:
                return self._attempt(method, path, context, body, anonymous)
            except GrafanaError as problem:
                if not retry or attempt >= self.connection.retries or not _repeats(method, problem):
                    raise
                if problem.retry_after is not None and problem.retry_after > LONGEST_WAIT:
                    raise _too_long(problem, problem.retry_after) from None
                time.sleep(_pause(attempt, problem.retry_after))
            attempt += 1

    def _context(self, _method: str, org: int | None) -> dict[str, str]:
        """Return the headers that a request keeps however often it is sent."""
        return {"X-Grafana-Org-Id": str(org)} if org is not None else {}

    def _attempt(self, method: str, path: str, context: Headers, body: t.Any, anonymous: bool) -> t.Any:
        """Make a request once; return the parsed body of a 2xx answer."""
        if anonymous:
            answer, _cookies = self._send_once(method, path, {}, body)
        else:
            answer = self._authenticated(method, path, context, body)
        url = self.connection.url + path
        if not 200 <= answer.status < 300:
            problem = from_answer(method, url, answer)
            problem.retry_after = _seconds(answer.headers.get("Retry-After"))
            raise problem
        try:
            found = answer.json()
            if found is None and method in ("GET", "POST") and not answer.text.strip():
                raise ValueError
        except ValueError:
            raise _no_json(method, url, answer) from None
        return found

    def _authenticated(self, method: str, path: str, context: Headers, body: t.Any) -> Answer:
        """Send a request as the caller. The first one of a run goes alone, so that a wrong password is tried once."""
        if self._let_in:
            return self._as_caller(method, path, context, body)
        with self._first:
            answer = self._as_caller(method, path, context, body)
            self._let_in = answer.status != 401
            return answer

    def _as_caller(self, method: str, path: str, context: Headers, body: t.Any) -> Answer:
        sent = self._auth.headers()
        answer, cookies = self._send_once(method, path, {**context, **sent}, body)
        if answer.status == 401 and self._auth.renewed(sent, answer):
            answer, cookies = self._send_once(method, path, {**context, **self._auth.headers()}, body)
        if answer.status != 401:
            self._auth.received(cookies)
        return answer

    def _send_once(self, method: str, path: str, headers: Headers, body: t.Any) -> tuple[Answer, dict[str, Cookie]]:
        """Send one request on this thread's connection. Raises :class:`Unreachable` or :class:`LostAnswer`."""
        url = self.connection.url + path
        data = None if body is None else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        every = {**headers, **({"Content-Type": "application/json"} if data is not None else {})}
        try:
            got = self._session().request(
                method, url, data=data, headers=every, timeout=self.connection.timeout, allow_redirects=False
            )
        except requests.exceptions.RequestException as problem:
            raise _transport_error(method, url, problem, self.connection.timeout) from None
        self._ahead = _ahead(got.headers.get("Date"), self._ahead)
        cookies = {c.name: Cookie(c.value or "", bool(c.secure)) for c in got.cookies}
        text = got.content.decode("utf-8", "replace")
        return Answer(got.status_code, got.headers, text), cookies

    def _session(self) -> requests.Session:
        """Return this thread's connection."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._new_session()
            with self._lock:
                self._sessions.append(session)
        return session

    def _new_session(self) -> requests.Session:
        here = self.connection
        session = requests.Session()
        # ~/.netrc would replace our Authorization, REQUESTS_CA_BUNDLE our ca_path, HTTP_PROXY our proxy.
        session.trust_env = False
        session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json", **here.headers})
        session.verify = (here.ca_path or True) if here.validate_certs else False
        if not here.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # the task has said so
        if here.client_cert:
            session.cert = (here.client_cert, here.client_key) if here.client_key else here.client_cert
        if here.proxy:
            session.proxies = {"http": here.proxy, "https": here.proxy}
        # ``requests`` keeps no cookies: the session's is shared by all threads, and kept by the Auth.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=1))
        session.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=1))
        return session

    # The server.

    def own_org(self) -> dict[str, t.Any]:
        """Return the organization that the caller's requests run in when none is named: ``id``, and ``name`` or ``None``.

        A service account with the role None may not read it (403); from 11.5 on the server reports its id elsewhere.
        Raises :class:`Forbidden` (``org_hidden``) where it does not.
        """
        try:
            return t.cast("dict[str, t.Any]", self.get("/api/org"))
        except Forbidden as problem:
            with contextlib.suppress(Forbidden, NotFound):
                user = self.get("/api/user")
                if isinstance(user, dict) and user.get("orgId") is not None:
                    return {"id": user["orgId"], "name": None}
            raise Forbidden(
                "the server does not let the caller's account (role None) read its organization: set org_id; %s"
                % problem.message,
                code="org_hidden",
                **problem.details,
            ) from None

    def version(self) -> Version | None:
        """Return the server's version, asked once; ``None`` where it is hidden from this caller."""
        with self._lock:
            if self._version_known:
                return self._version
        version = self._ask_version()
        with self._lock:
            self._version, self._version_known = version, True
        return version

    def _ask_version(self) -> Version | None:
        health = self.request("GET", "/api/health", anonymous=True)
        version = parse(health.get("version")) if isinstance(health, dict) else None
        if version is None:
            # ``hide_version`` hides it from those who are not signed in.
            try:
                settings = self.get("/api/frontend/settings")
            except (Forbidden, NotFound):
                return None
            build = settings.get("buildInfo") if isinstance(settings, dict) else None
            version = parse(build.get("version")) if isinstance(build, dict) else None
        return version

    def now(self) -> datetime:
        """Return the time by the server's clock, as its last answer told it; ages of objects are told by that clock."""
        return datetime.now(timezone.utc) + self._ahead

    def at_least(self, version: Version) -> bool | None:
        """Tell whether the server is *version* or newer; ``None`` where it does not say."""
        own = self.version()
        return None if own is None else own >= version


def _transport_error(method: str, url: str, problem: Exception, timeout: float) -> GrafanaError:
    """Return the error for a request that got no answer. Names no header and no body."""
    where = public_url(url)
    details = {"method": method, "url": where}
    if isinstance(problem, requests.exceptions.SSLError):
        return Unreachable(
            "%s: the TLS connection failed: %s; set ca_path to the authority's certificate, or client_cert where the "
            "server asks for one" % (where, _reason(problem)),
            code="tls",
            **details,
        )
    if isinstance(problem, requests.exceptions.ProxyError):
        return Unreachable("%s: the proxy does not lead there: %s" % (where, _reason(problem)), code="proxy", **details)
    if isinstance(problem, (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL)):
        return Unreachable("%s: no connection within %g s: check url and the network" % (where, timeout), **details)
    text = _reason(problem)
    never_sent = isinstance(problem, requests.exceptions.ConnectionError) and _not_connected(problem)
    if never_sent:
        return Unreachable("%s: no connection: %s; check url and whether Grafana runs" % (where, text), **details)
    if isinstance(problem, requests.exceptions.Timeout):
        text = "no answer within %g s" % timeout
    if method == "GET":
        return Unreachable("%s %s: %s" % (method, where, text), **details)
    return LostAnswer("%s %s: the answer was lost (%s): it may have happened or not" % (method, where, text), **details)


def _not_connected(problem: Exception) -> bool:
    """Tell whether *problem* came before the request could be sent."""
    text = repr(problem)
    return any(sign in text for sign in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError"))


def _reason(problem: Exception) -> str:
    """Return the innermost reason of a transport problem, on one line."""
    reason: t.Any = problem.args[0] if problem.args else problem
    reason = getattr(reason, "reason", None) or reason
    words = " ".join(str(reason).split())
    return _WHO.sub("", words.rpartition(">: ")[2])[:300]


def _no_json(method: str, url: str, answer: Answer) -> GrafanaError:
    """Return the error for a 2xx answer that is no JSON; what a write answered is not quoted, as a new key may be in it."""
    where = public_url(url)
    what = "an HTML page" if answer.is_html() else "something that is not JSON"
    if method == "GET" and not answer.is_html():
        what += ": %r" % quoted(answer.text, most=80)
    details: dict[str, t.Any] = {"method": method, "url": where, "status": answer.status}
    if method != "GET" and not answer.is_html():
        return LostAnswer("%s %s answered %d with %s" % (method, where, answer.status, what), **details)
    return NotGrafana("%s %s answered %d with %s: check url and its sub-path" % (method, where, answer.status, what), **details)


def _repeats(method: str, problem: GrafanaError) -> bool:
    """Tell whether a request that ended in *problem* is made again as it is."""
    if problem.status == 429:
        return True
    if problem.status == 503 and problem.retry_after is not None:
        return True
    if method != "GET":
        return isinstance(problem, Unreachable) and problem.code == "unreachable"
    if isinstance(problem, (ServerError, LostAnswer)):
        return problem.status is None or problem.status in _PASSING
    return isinstance(problem, Unreachable) and problem.code in ("unreachable", "proxy")


def _seconds(value: str | None) -> float | None:
    """Return a Retry-After, seconds or a date, in seconds; ``None`` for none and for what is neither."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment - datetime.now(moment.tzinfo)).total_seconds())
    except (TypeError, ValueError):
        return None


def _too_long(problem: GrafanaError, seconds: float) -> GrafanaError:
    """Return the error for a server that wants to be asked again so late that nobody waits for it here."""
    return type(problem)(
        "%s; it asks to wait %d s, and more than %d s are not waited for: run again then"
        % (problem.message, seconds, LONGEST_WAIT),
        code=problem.code,
        **problem.details,
    )


def _ahead(date: str | None, known: timedelta) -> timedelta:
    """Return how far the clock of the server that sent *date* (the header) is ahead of this host's."""
    try:
        told = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return known
    if told.tzinfo is None:
        return known
    ahead = told - datetime.now(timezone.utc)
    # The header tells whole seconds.
    return ahead if abs(ahead) > timedelta(seconds=2) else timedelta(0)


def _pause(attempt: int, retry_after: float | None) -> float:
    """Return how long to wait before the next attempt, in seconds."""
    if retry_after is not None:
        return min(retry_after, LONGEST_WAIT)
    return float(min(0.1 * 3**attempt, 10.0) * random.uniform(0.75, 1.25))
