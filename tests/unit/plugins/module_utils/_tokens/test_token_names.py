# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tokens are named, and whose a name is."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import islice

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.names import belongs, check_template, names

TODAY = datetime(2026, 1, 31, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (None, ["ci", "ci-2", "ci-3"]),
        ("{name}-{counter}", ["ci-1", "ci-2", "ci-3"]),
        ("{name}-{date}", ["ci-20260131", "ci-20260131-2", "ci-20260131-3"]),
        ("{date}/{name}/{counter}", ["20260131/ci/1", "20260131/ci/2", "20260131/ci/3"]),
        ("{name}", ["ci", "ci-2", "ci-3"]),
    ],
)
def test_names(template, expected):
    found = list(islice(names("ci", template, TODAY), 3))
    assert found == expected
    assert all(belongs("ci", template, name) for name in found)


def test_a_base_that_looks_like_a_template():
    assert next(names("{counter}", None, TODAY)) == "{counter}"
    assert next(names("{date}", "{name}-{counter}", TODAY)) == "{date}-1"


@pytest.mark.parametrize("template", ["ci", "{counter}", "{name}-{weekday}", "{name", "name}{name}{", "{name}{}"])
def test_templates_that_are_none(template):
    with pytest.raises(BadInput, match="name_template"):
        check_template(template)


@pytest.mark.parametrize(
    ("base", "template", "name", "expected"),
    [
        ("ci", None, "ci", True),
        ("ci", None, "ci-2", True),
        ("ci", None, "ci-10", True),
        ("ci", None, "ci-0", False),
        ("ci", None, "ci-02", False),
        ("ci", None, "ci-x", False),
        ("ci", None, "ci2", False),
        ("ci", None, "CI", False),
        ("c.i", None, "cxi", False),
        ("ci-2", None, "ci-2-2", True),
        ("ci", "{name}-{date}", "ci", True),
        ("ci", "{name}-{date}", "ci-20250101", True),
        ("ci", "{name}-{date}", "ci-20250101-4", True),
        ("ci", "{name}-{date}", "ci-2", False),
        ("ci", "{name}.{counter}", "ci.7", True),
        ("ci", "{name}.{counter}", "cix7", False),
        ("ci", "{name}.{counter}", "ci.7-2", False),
    ],
)
def test_belongs(base, template, name, expected):
    assert belongs(base, template, name) is expected
