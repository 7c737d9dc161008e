# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration report as one HTML page that loads no other files."""

from __future__ import annotations

import base64
import hashlib
import typing as t

import jinja2
from markupsafe import Markup

from . import words
from .advice import findings, headline, label
from .model import AGE, Key, Migration
from .page import PAGE, SCRIPT
from .style import STYLE
from .text import NAME, counted, distance, instant, iso, visible

#: The labels of the ranks of organizations, in the filter of the page.
_RANKS = ((0, "Failed"), (1, "Not processed"), (2, "Keys left"), (3, "Done"))
#: With more organizations than this, the page folds those that are done, and has a table of contents.
FEW = 6
#: An organization with at most this number of keys stays on one page of paper.
BRIEF = 8


def html(report: Migration) -> str:
    """Return *report* as an HTML document."""
    found = findings(report)
    orgs = [org for org in report.organizations if org.rank < 4]
    ranks = [(rank, word, sum(org.rank == rank for org in orgs)) for rank, word in _RANKS]
    state = "bad" if any(one.level == "act" for one in found) else "left" if report.sums["left"] else "good"
    template = _environment().from_string(PAGE)
    return template.render(
        report=report,
        headline=headline(report),
        state="plain" if report.planned and state != "bad" else state,
        facts=words.facts(report),
        sums=words.sums(report),
        findings=found,
        orgs=orgs,
        empty=[org for org in report.organizations if org.rank == 4],
        ranks=[one for one in ranks if one[2]],
        few=FEW,
        brief=BRIEF,
        unused=words.unused(report),
        places=words.PLACES,
        age=AGE,
        policy="default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'"
        % (_source(STYLE), _source(SCRIPT)),
        style=Markup(STYLE),
        script=Markup(SCRIPT),
        label=lambda key: label(key, report.planned),
        kind=_kind,
        when=lambda value: _when(value, report),
        org_words=lambda org: words.org_words(org, report.planned),
        names_of=words.names_of,
        counted=counted,
        key_heads=words.key_heads(),
        account_heads=words.account_heads(report.planned),
        becomes=words.becomes,
    )


def _environment() -> jinja2.Environment:
    """Return the Jinja environment of the page: it escapes all values, and raises an error for an undefined name."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters["name"] = lambda text: visible(text, NAME) or "(no name)"
    environment.filters["words"] = visible
    return environment


def _source(content: str) -> str:
    """Return the source expression that allows *content* in a Content Security Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _kind(key: Key) -> str:
    """Return the CSS class for the colour of an outcome."""
    return {"failed": "bad", "kept": "left", "migrated": "good", "reissued": "good"}.get(key.outcome, "plain")


def _when(value: str, report: Migration) -> dict[str, t.Any]:
    """Return a time for people (``day``, ``far``, its distance from now) and for programs (``iso``)."""
    moment = instant(value)
    if moment is None:
        return {"day": visible(value, NAME), "far": "", "iso": ""}
    return {"day": moment.strftime("%Y-%m-%d"), "far": distance(moment, report.now), "iso": iso(moment)}
