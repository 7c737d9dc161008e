# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of options do not accept a line end behind a valid value, and masking takes no quadratic time."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.diff import hidden
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Adopted, Consolidated, Options


@pytest.mark.parametrize(
    "options",
    [
        Options(token_suffix="-token\n"),
        Options(consolidate=(Consolidated("ci\n", ("a",), "ci"),)),
        Options(consolidate=(Consolidated("ci", ("a",), "ci\n"),)),
        Options(provider_version="~> 3.22\n"),
        Options(provider_version="~> 3." + "2" * 5000),
        Options(adopt=(Adopted("grafana_api_key.ci\n", "1"),)),
        Options(adopt=(Adopted("grafana_api_key.ci", "1\n"),)),
        Options(adopt=(Adopted("grafana_cloud_stack_api_key.ci", "stack:1\n"),)),
    ],
)
def test_a_line_end_is_refused(options):
    with pytest.raises(BadInput):
        options.check()


def test_blank_lines():
    text = "\n" * 2_000_000
    assert hidden(text + 'token = "hunter-two"\n') == text + 'token = "********"\n'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * 300_000, "a" * 300_000),
        ("://" * 200_000, "://" * 200_000),
        ("x" * 300_000 + "://user:hunter-two@host", "x" * 300_000 + "://********@host"),
        ("<<" * 200_000, "<<" * 200_000),
        ("auth" * 100_000, "auth" * 100_000),
    ],
    ids=["a long word", "many addresses", "a long scheme", "many heredocs", "many names of secrets"],
)
def test_lines_that_would_take_quadratic_time(text, shown):
    assert hidden(text) == shown
