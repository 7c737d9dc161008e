# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Summarizes the results of a run that rotates tokens."""

from __future__ import annotations

import typing as t


def summary(results: t.Sequence[t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """Return a summary of the *results* of grafana_sa_token: lists of tokens by outcome, and how many were ``kept``.

    ``made`` lists the names of new tokens, ``rotated`` those of tokens that replace others, ``cleaned`` those of deleted tokens
    with the reason, ``waiting`` those of replaced tokens that still exist, and ``failed`` the organizations with their errors.
    """
    outcomes: dict[str, t.Any] = {"made": [], "rotated": [], "cleaned": [], "waiting": [], "failed": [], "kept": 0}
    for entry in results:
        token = entry.get("token") or {}
        org = entry.get("org_name") or entry.get("org_id")
        # The token is null if its state is absent.
        account = token.get("service_account")
        name = _path(org, account, token.get("name"))
        outcomes["cleaned"] += [
            "%s (%s)" % (_path(org, account, one["name"]), one["reason"]) for one in entry.get("deleted") or ()
        ]
        if entry.get("status") == "failed":
            outcomes["failed"].append("%s: %s" % (org, (entry.get("failure") or {}).get("message")))
            continue
        outcomes["waiting"] += [_path(org, account, one["name"]) for one in token.get("waiting") or ()]
        if token.get("was"):
            outcomes["made" if token["was"] == "absent" else "rotated"].append(name)
        elif token.get("name"):
            outcomes["kept"] += 1
    return outcomes


def _path(*parts: t.Any) -> str:
    """Return organization, account and name as one text."""
    return " / ".join(str(part) for part in parts if part is not None)
