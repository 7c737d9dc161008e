# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exceptions that an answer causes, in the thread that asked and in another one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Forbidden, NotGrafana
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.interpreting import answered, interpreting, started

URL = "http://grafana.test/api/x"


def ask():
    answered("GET", URL, 200)
    return {"there": 1}


def test_an_answer_without_an_expected_field():
    with (
        pytest.raises(NotGrafana, match=r"GET http://grafana\.test/api/x answered 200, but not as Grafana does \(KeyError"),
        interpreting(),
    ):
        ask()["missing"]


def test_an_exception_before_the_first_answer_is_a_bug():
    with pytest.raises(KeyError), interpreting():
        {}["missing"]


def test_the_answer_to_what_another_thread_has_asked():
    with ThreadPoolExecutor(1) as pool, pytest.raises(NotGrafana, match="api/x answered 200"), interpreting():
        started(pool, ask)()["missing"]


def test_an_error_of_the_other_thread_stays_what_it_is():
    def refused():
        raise Forbidden("no")

    with ThreadPoolExecutor(1) as pool, pytest.raises(Forbidden, match="no"), interpreting():
        started(pool, refused)()
