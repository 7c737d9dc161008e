# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What version 3 of the provider no longer accepts, besides API keys: one argument gets its new name, the others are found."""

from __future__ import annotations

import typing as t

from .hcl import Block, Document, Edit, apply, line_of
from .keys import Problem
from .layout import realigned

#: The argument of the provider block for Grafana Cloud: its name up to version 2, and its name from 2.19 on.
_OLD, _NEW = "cloud_api_key", "cloud_access_policy_token"
#: The arguments that version 3 no longer has, by kind of block and type. Source: the schemas of 2.19 and 3.22.
#: ``org_id`` of the provider block moves to the resources: see the module ``organizations``.
_GONE = {
    ("resource", "grafana_annotation"): ("dashboard_id",),
    ("resource", "grafana_dashboard_permission"): ("dashboard_id",),
    ("resource", "grafana_report"): ("dashboard_id",),
    ("resource", "grafana_data_source_permission"): ("datasource_id",),
    ("resource", "grafana_library_panel"): ("folder_id",),
    ("resource", "grafana_organization_preferences"): ("home_dashboard_id",),
    ("data", "grafana_dashboard"): ("folder",),
    ("data", "grafana_dashboards"): ("folder_ids",),
    ("data", "grafana_library_panel"): ("folder_id",),
    ("data", "grafana_organization_preferences"): ("home_dashboard_id",),
}
#: The types that version 3 no longer has. The types of keys are found with the keys.
_GONE_TYPES = frozenset([("data", "grafana_oncall_action")])


def with_policy_token(document: Document) -> bytes:
    """Return the text of *document* with ``cloud_access_policy_token`` instead of ``cloud_api_key`` in each provider block.

    Version 2.19 accepts one of the two, and not both. A block that has both stays unchanged: see :func:`both_tokens`.
    """
    edits = []
    for block in _provider_blocks(document):
        arguments = block.attributes()
        if _OLD in arguments and _NEW not in arguments:
            name = arguments[_OLD].parent.children[0]
            edits.append(Edit(name.start_byte, name.end_byte, _NEW.encode()))
    return realigned(document.path, document.source, apply(document.source, edits)) if edits else document.source


def both_tokens(document: Document) -> t.Iterator[Problem]:
    """Yield a problem for each provider block that has both the old and the new argument."""
    for block in _provider_blocks(document):
        arguments = block.attributes()
        if _OLD in arguments and _NEW in arguments:
            why = "the block also has %s, and the provider accepts one of the two: remove %s" % (_NEW, _OLD)
            yield Problem(document.path, line_of(arguments[_OLD]), _OLD, why)


def gone(document: Document) -> t.Iterator[Problem]:
    """Yield a problem for each argument and each block of *document* that version 3 no longer accepts."""
    yield from both_tokens(document)
    for block in document.blocks():
        kind = (block.type, block.labels[0] if block.labels else "")
        what = ".".join((block.type, *block.labels))
        if kind in _GONE_TYPES:
            yield Problem(document.path, block.line, what, "provider 3 does not have this type")
        arguments = block.attributes()
        for name in _GONE.get(kind, ()):
            if name in arguments:
                why = "provider 3 does not have the argument %s" % name
                yield Problem(document.path, line_of(arguments[name]), "%s in %s" % (name, what), why)


def _provider_blocks(document: Document) -> list[Block]:
    return [block for block in document.blocks() if (block.type, block.labels) == ("provider", ("grafana",))]
