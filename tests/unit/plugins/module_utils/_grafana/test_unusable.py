# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of requests without an answer: which of them come from http and https on the wrong port."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.transport import NoAnswer
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.unusable import without_answer

ALERT = r"('Connection aborted.', BadStatusLine('\x15\x03\x01\x00\x02\x02F'))"


@pytest.mark.parametrize(
    ("scheme", "kind", "reason", "code", "words"),
    [
        # OpenSSL 1.1 and 3.0; 3.2 and later; older ones.
        ("https", "tls", "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1020)", "wrong_scheme", "with http://"),
        ("https", "tls", "[SSL] record layer failure (_ssl.c:1000)", "wrong_scheme", "does not speak https"),
        ("https", "tls", "[SSL: UNKNOWN_PROTOCOL] unknown protocol (_ssl.c:600)", "wrong_scheme", "with http://"),
        ("https", "tls", "[SSL: PACKET_LENGTH_TOO_LONG] packet length too long (_ssl.c:1000)", "wrong_scheme", "with http://"),
        ("https", "tls", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "tls", "set ca_path"),
        ("https", "lost", ALERT, "unreachable", "BadStatusLine"),
        ("http", "lost", ALERT, "wrong_scheme", "does not speak http ("),
        ("http", "lost", "('Connection aborted.', RemoteDisconnected('closed'))", "unreachable", "RemoteDisconnected"),
    ],
)
def test_the_other_scheme(scheme, kind, reason, code, words):
    problem = without_answer("GET", scheme + "://h:3000/api/user", NoAnswer(kind, reason), 30)
    assert problem.code == code
    assert words in problem.message
    assert problem.fatal
