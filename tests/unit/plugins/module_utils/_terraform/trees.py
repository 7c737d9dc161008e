# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for trees of Terraform code that tests write as keyword arguments."""

from __future__ import annotations

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.options import Options
from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.plan import first_apply


def plan(options=None, which=first_apply, **files):
    """Return the sources and the plan. *files* are named with __ for / and, if they end in .tf, without the ending."""
    sources = {path.replace("__", "/") + ("" if "." in path else ".tf"): text.encode() for path, text in files.items()}
    return sources, which(sources, options or Options())


def after(options=None, which=first_apply, **files):
    """Return all files after a run. Check that the run rewrites everything, and that a second run changes nothing."""
    sources, planned = plan(options, which, **files)
    assert planned.not_rewritten == []
    new = {path: text for path, text in {**sources, **planned.files}.items() if text is not None}
    assert which(new, options or Options()).files == {}
    return {path: text.decode() for path, text in new.items()}


def why_not(options=None, **files):
    """Check that the plan changes nothing, and return the reasons."""
    _sources, planned = plan(options, **files)
    assert planned.files == {}
    assert planned.resources == []
    return [(one.file, one.line, one.what, one.why) for one in planned.not_rewritten]
