# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mentions of API keys in Terraform code that is JSON, also in text that is not valid."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.mentions import mentions

KEY = '{"resource": {"grafana_api_key": {"ci": {"name": "ci", "role": "Viewer"}}}}'


@pytest.mark.parametrize("end", ["", "\n", "\\", "\\\n"])
def test_a_string_that_does_not_end(end):
    """Each of the quotes in it was tried as the start of a string."""
    hostile = '{"a": "' + '\\"' * 300_000 + end
    assert mentions("x.tf.json", hostile) == []
    found = mentions("x.tf.json", KEY)
    assert found
    assert len(mentions("x.tf.json", KEY + "\n" + hostile)) == len(found)
