# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files by address: downloaded without any identity, bounded in time, size and redirects, each once in a run.

The servers are web servers of any kind, so they get nothing of the task's connection: neither its headers, token, password and
client certificate, nor its ``ca_path`` and ``proxy``. Certificate authorities and proxies are those of ``requests`` and the
environment (``REQUESTS_CA_BUNDLE``, ``HTTPS_PROXY``, ``NO_PROXY``). ``~/.netrc`` is not read.
"""

from __future__ import annotations

import os
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin, urlsplit

from .credentials import userinfo_secrets
from .errors import Answer, BadInput, public_url
from .files import LARGEST
from .limits import Limits
from .secrets import MASK, remember
from .transport import TRANSIENT, NoAnswer, Transport

#: The timeout for connecting and for each read, in seconds.
TIMEOUT = 30.0
#: The limits of one answer; requests that follow another one begin within the same time. A file by address may be as large as
#: a file by path.
LIMITS = Limits(seconds=300.0, size=LARGEST)
#: How many redirects are followed, how often a request is sent at most, and how many files are downloaded at the same time.
MOST_REDIRECTS = 5
ATTEMPTS = 3
AT_ONCE = 4

_REDIRECTS = (301, 302, 303, 307, 308)
#: Reasons that do not pass by themselves.
_LASTING = ("tls", "limit")
#: Environment variables with the address of a proxy, in capital letters.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
#: What to do, by the status of the answer.
_ADVICE = {
    401: "the address needs a login, which the module does not have: %s",
    403: "the server does not allow it without a login, or not at all: %s",
    404: "the server has no such file: correct the address",
    410: "the server does not have the file any more: correct the address",
}
_BY_HAND = "download the file with ansible.builtin.get_url, and set path to that file"


class File(t.NamedTuple):
    """What was downloaded: the bytes, and whether they are an HTML page."""

    content: bytes
    is_html: bool


def is_address(value: t.Any) -> bool:
    """Tell whether *value* is the address of a file (http or https), not a path."""
    return str(value or "").strip().lower().startswith(("http://", "https://"))


def checked_address(value: t.Any, option: str) -> str:
    """Return the address *value* of the option *option*, without a fragment. Raises :class:`BadInput`, which shows no secret."""
    text = str(value).strip()
    try:
        parts = urlsplit(text)
        valid = is_address(text) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise BadInput("%s is not a valid address: it has to look like https://host/file.json" % option) from None
    if not valid:
        raise BadInput("%s has to look like https://host/file.json, not %s" % (option, public_url(text)))
    if "@" in parts.netloc:
        raise BadInput(
            "%s must not carry a user and a password, because logs show it: %s, or remove them from %s"
            % (option, _BY_HAND, public_url(text))
        )
    return parts._replace(fragment="").geturl()


class Downloads:
    """The files of one run, by address."""

    def __init__(self) -> None:
        self._done: dict[str, File | BadInput] = {}

    def prefetch(self, addresses: t.Iterable[str]) -> None:
        """Download all files of *addresses*, :data:`AT_ONCE` at the same time; :meth:`get` returns or raises each result."""
        missing = [one for one in dict.fromkeys(addresses) if one not in self._done]
        if not missing:
            return
        remember(*(secret for name in _PROXIES for secret in _proxy_secrets(name)))
        transport = Transport(TIMEOUT, headers={"Accept": "*/*"}, limits=LIMITS, from_environment=True)
        try:
            with ThreadPoolExecutor(min(AT_ONCE, len(missing))) as pool:
                self._done.update(zip(missing, pool.map(lambda one: _outcome(transport, one), missing)))
        finally:
            transport.close()

    def get(self, address: str) -> File:
        """Return the file. Raises :class:`BadInput` with the code ``download_failed``."""
        self.prefetch([address])
        found = self._done[address]
        if isinstance(found, BadInput):
            raise found
        return found


def _outcome(transport: Transport, address: str) -> File | BadInput:
    try:
        return _followed(transport, address)
    except BadInput as problem:
        return problem


def _followed(transport: Transport, address: str) -> File:
    """Return the file, after redirects. Raises :class:`BadInput`."""
    url, ends = address, time.monotonic() + LIMITS.seconds
    for _hop in range(MOST_REDIRECTS + 1):
        answer = _answer(transport, url, ends)
        if answer.status_code not in _REDIRECTS:
            return _file(url, answer)
        url = _target(url, answer.headers.get("Location", ""))
    raise _failed(address, "the server redirects more than %d times" % MOST_REDIRECTS)


def _answer(transport: Transport, url: str, ends: float) -> t.Any:
    """Return the answer to one request, which is repeated after a failure that may pass, until the time *ends*.

    Raises :class:`BadInput`.
    """
    for attempt in range(ATTEMPTS):
        last = attempt == ATTEMPTS - 1 or time.monotonic() > ends
        try:
            answer = transport.send("GET", url, None, {})
        except NoAnswer as problem:
            if last or problem.kind in _LASTING:
                raise _without_answer(url, problem) from None
        except OSError as problem:  # requests raises it for a missing REQUESTS_CA_BUNDLE
            raise _without_answer(url, NoAnswer("tls", str(problem))) from None
        except ValueError as problem:  # for example a host name with a part of more than 63 letters
            raise _without_answer(url, NoAnswer("not_connected", str(problem))) from None
        else:
            if last or answer.status_code not in TRANSIENT:
                return answer
        time.sleep(0.2 * 3**attempt)
    raise AssertionError("not reached")


def _proxy_secrets(name: str) -> list[str]:
    return [secret for one in (name, name.lower()) for secret in userinfo_secrets(os.environ.get(one))]


def _target(url: str, location: str) -> str:
    """Return the target of a redirect from *url*. Raises :class:`BadInput` for one that is not followed."""
    try:
        target = checked_address(urljoin(url, location), "the target") if location else ""
    except (BadInput, ValueError):
        target = ""
    if not target:
        raise _failed(url, "the server redirects to %s, which is not the address of a file" % (public_url(location) or "nowhere"))
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
        raise _failed(url, "the server redirects to %s, without TLS: set that address if you trust it" % public_url(target))
    return target


def _file(url: str, answer: t.Any) -> File:
    """Return the file in *answer*. Raises :class:`BadInput` for a status other than 200."""
    status = answer.status_code
    if status != 200:
        advice = _ADVICE.get(status, "check what answers there, or run again later")
        advice = advice % _BY_HAND if "%s" in advice else advice
        raise _failed(url, "the server answered %d: %s" % (status, advice), status=status)
    start = answer.content[:1000].decode("utf-8", "replace")
    return File(answer.content, Answer(status, answer.headers, start.lstrip("\ufeff")).is_html())


def _without_answer(url: str, problem: NoAnswer) -> BadInput:
    reason = problem.reason
    query = urlsplit(url).query
    if query:
        reason = reason.replace(query, MASK)
    advice = {
        "tls": "; to trust another certificate authority, set REQUESTS_CA_BUNDLE in the environment of the task",
        "proxy": "; check HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment",
    }.get(problem.kind, "")
    return _failed(url, "no answer: %s%s" % (reason, advice), kind=problem.kind)


def _failed(url: str, why: str, **details: t.Any) -> BadInput:
    return BadInput("GET %s: %s" % (public_url(url), why), code="download_failed", url=public_url(url), **details)


__all__ = ["Downloads", "File", "checked_address", "is_address"]
