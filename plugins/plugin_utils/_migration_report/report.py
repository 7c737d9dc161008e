# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on a migration of API keys, as JSON, as Markdown, and as one HTML page."""

from __future__ import annotations

import json
import typing as t

from ansible.errors import AnsibleFilterError

from .html import html
from .markdown import markdown
from .model import Migration, as_json, read
from .text import Moment


def _json(report: Migration) -> str:
    return json.dumps(as_json(report), indent=2) + "\n"


_FORMS: dict[str, t.Callable[[Migration], str]] = {"html": html, "markdown": markdown, "json": _json}


def migration_report(
    result: t.Mapping[str, t.Any],
    form: str = "html",
    title: str = "",
    now: Moment = None,
    check_mode: bool = False,
    option_prefix: str = "",
) -> str:
    """Return the report on the *result* of grafana_apikey_migrate as text in the *form* html, markdown or json.

    For *title*, *now*, *check_mode* and *option_prefix* see :func:`.model.read`. The text depends only on the
    arguments, if *now* is given. Raises :class:`AnsibleFilterError` for another form, and for any other result.
    """
    if form not in _FORMS:
        raise AnsibleFilterError("the form of a migration report must be %s, not %r" % (" or ".join(sorted(_FORMS)), str(form)))
    return _FORMS[str(form)](read(result, title, now, check_mode, option_prefix))
