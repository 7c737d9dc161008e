# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors for a request without a usable answer: no answer at all, no JSON, or not the answer of Grafana."""

from __future__ import annotations

import re
import typing as t

from .errors import Answer, GrafanaError, LostAnswer, NotGrafana, Unreachable, public_url, quoted
from .transport import NoAnswer

#: What OpenSSL reports if the server answers without TLS.
_NO_TLS = re.compile("wrong.version.number|record layer failure|unknown protocol|packet length too long|http request", re.I)
#: What is left of an answer of a TLS server to a request without TLS: the alert, where the line with the status should be.
_TLS_ALERT = re.compile(r"BadStatusLine\(.{0,2}\\x15\\x03")


def _other_scheme(url: str, problem: NoAnswer) -> str:
    """Return the scheme that the server of *url* expects, if *problem* shows that it is the other one; ``""`` otherwise."""
    if url.startswith("https:"):
        return "http" if problem.kind == "tls" and _NO_TLS.search(problem.reason) else ""
    return "https" if problem.kind == "lost" and _TLS_ALERT.search(problem.reason) else ""


def without_answer(method: str, url: str, problem: NoAnswer, timeout: float) -> GrafanaError:
    """Return the error for a request that got no answer. It names no header and no body."""
    where = public_url(url)
    details = {"method": method, "url": where}
    scheme = _other_scheme(url, problem)
    if scheme:
        return Unreachable(
            "%s: this port does not speak %s (%s): set url to the address with %s://, or to the right port"
            % (where, url.partition(":")[0], problem.reason, scheme),
            code="wrong_scheme",
            **details,
        )
    if problem.kind == "tls":
        return Unreachable(
            "%s: the TLS connection failed: %s; set ca_path to the certificate of the server's authority, or set client_cert "
            "if the server asks for a client certificate" % (where, problem.reason),
            code="tls",
            **details,
        )
    if problem.kind == "proxy":
        return Unreachable("%s: the proxy cannot reach the server: %s" % (where, problem.reason), code="proxy", **details)
    if problem.kind == "connect_timeout":
        return Unreachable("%s: no connection within %g s: check url and the network" % (where, timeout), **details)
    if problem.kind == "not_connected":
        return Unreachable("%s: no connection: %s; check url and whether Grafana runs" % (where, problem.reason), **details)
    if problem.kind == "limit":
        details["code"] = "answer_limit"
    text = "no answer within %g s" % timeout if problem.kind == "timeout" else problem.reason
    if method == "GET":
        return Unreachable("%s %s: %s" % (method, where, text), **details)
    return LostAnswer("%s %s: the answer was lost (%s): the change may have happened or not" % (method, where, text), **details)


def not_json(method: str, url: str, answer: Answer) -> GrafanaError:
    """Return the error for a 2xx answer that is not JSON. It quotes only answers to reads: others may hold a new key."""
    where = public_url(url)
    what = "an HTML page" if answer.is_html() else "something that is not JSON"
    if method == "GET" and not answer.is_html():
        what += ": %r" % quoted(answer.text, most=80)
    details: dict[str, t.Any] = {"method": method, "url": where, "status": answer.status}
    if method != "GET" and not answer.is_html():
        return LostAnswer("%s %s answered %d with %s" % (method, where, answer.status, what), **details)
    return NotGrafana("%s %s answered %d with %s: check url and its sub-path" % (method, where, answer.status, what), **details)


def not_grafana(method: str, url: str, status: int, problem: str) -> GrafanaError:
    """Return the error for a 2xx answer of another shape than Grafana's; after a write, the change may have happened."""
    where = public_url(url)
    text = "%s %s answered %d, but not as Grafana does: %s; check url, and what answers there: a proxy, or another server" % (
        method,
        where,
        status,
        problem,
    )
    kind = NotGrafana if method == "GET" else LostAnswer
    return kind(text, code=NotGrafana.code, method=method, url=where, status=status)
