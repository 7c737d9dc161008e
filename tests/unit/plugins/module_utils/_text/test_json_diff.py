# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents that JSON cannot represent."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.json_diff import check_document


@pytest.mark.parametrize(("value", "expected"), [("\ud800", "surrogate"), ([float("inf")], "not a JSON number")])
def test_documents_that_nothing_can_carry(value, expected):
    with pytest.raises(BadInput, match=expected):
        check_document({"x": value}, "it")
