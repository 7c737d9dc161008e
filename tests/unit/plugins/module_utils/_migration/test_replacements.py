# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of accounts that refer to groups of a pattern."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._migration.options import _adopt, _rule
from ansible_collections.orgsmith.grafana.plugins.module_utils._migration.plan import adoptions
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account

from .test_migration_plan import key, reissue_plans


@pytest.mark.parametrize(
    ("name", "pattern", "words"),
    [
        (r"\\1", "ci-(.*)", "a name with a backslash"),
        (r"\2", "ci-(.*)", "does not fit pattern"),
        (r"\g<team>", "ci-(.*)", "does not fit pattern"),
        (r"\q", "ci-(.*)", "does not fit pattern"),
        (r"\1", None, "a name with a backslash"),
    ],
)
def test_bad_replacements(name, pattern, words):
    with pytest.raises(BadInput, match=words):
        _rule({"service_account": name, "pattern": pattern, "keys": ["a"]})
    with pytest.raises(BadInput, match=words):
        _adopt({"name": name, "pattern": pattern, "service_account": None if pattern else "old"})


def test_a_group():
    assert _rule({"service_account": r"\1", "pattern": "ci-(.*)"}).account == r"\1"


@pytest.mark.parametrize(
    ("options", "account"),
    [
        ({"lists": {"consolidate": [{"service_account": r"team-\1", "pattern": "ci-(.*)"}]}}, r"team-a\b"),
        ({"lists": {"consolidate": [{"service_account": "team", "pattern": "(x).*"}]}}, r"ci-a\b"),
        ({"account_template": "a-{name}"}, r"a-ci-a\b"),
        ({"account_template": r"c\1"}, r"c\1"),
    ],
)
def test_a_backslash_that_comes_from_a_key(options, account):
    with pytest.raises(BadInput) as caught:
        reissue_plans([key(r"ci-a\b")], **options)
    assert f"'{account}' has a backslash" in caught.value.message


def test_a_backslash_that_comes_from_an_account():
    account = Account(1, r"sa-autogen-1-a\b", "sa-autogen-1-a\b", {"role": "Viewer"})
    unchanged = _adopt({"pattern": "sa-.*", "role": "Editor"})
    assert [one.name for one in adoptions([unchanged], [account])] == [account.name]
    with pytest.raises(BadInput, match="has a backslash"):
        adoptions([_adopt({"pattern": "sa-autogen-1-(.*)", "name": r"\1"})], [account])
