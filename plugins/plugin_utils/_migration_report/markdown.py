# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration report as Markdown (CommonMark with the tables of GitHub)."""

from __future__ import annotations

import re
import typing as t

from .advice import ACT, DECIDE, Finding, findings, headline, label
from .model import AGE, Account, Key, Migration, Organization
from .text import NAME, distance, instant, visible
from .words import PLACES, account_heads, becomes, facts, key_heads, names_of, org_words, sums, unused

_LEVELS = {ACT: "Act", DECIDE: "Decide"}


def markdown(report: Migration) -> str:
    """Return *report* as a Markdown document."""
    blocks = [
        "# " + _name(report.title),
        "**%s**" % _text(headline(report)),
        "\n".join("- %s: %s" % (word, _text(value)) for word, value in facts(report)),
        _table(("Summary", "Number"), [(_text(word), str(number)) for word, number, _kind in sums(report)]),
    ]
    found = findings(report)
    if found:
        blocks += ["## What needs a decision", "\n".join(map(_finding, found))]
    if report.verified:
        blocks += ["## Tested keys", _verified(report)]
    full = [org for org in report.organizations if org.rank < 4]
    if full:
        blocks.append("## Organizations")
        for org in full:
            blocks += _organization(org, report)
    empty = [org for org in report.organizations if org.rank == 4]
    if empty:
        blocks += ["## Organizations without API keys", ", ".join(_name(org.label) for org in empty)]
    blocks += ["---", _text(AGE)]
    return "\n\n".join(blocks) + "\n"


def _text(text: str) -> str:
    """Return *text* in one line, escaped so that Markdown takes all of it literally."""
    escaped = re.sub(r"([\\`*_\[\]<>|~&#!$@{}^=])", r"\\\1", visible(text))
    # Also prevent automatic links, and lists at the beginning of a line.
    escaped = re.sub(r"(?i)(https?|ftp|mailto|xmpp)(:)", r"\1\\\2", escaped)
    escaped = re.sub(r"(?i)\b(www)(\.)", r"\1\\\2", escaped)
    return re.sub(r"^(\d+(?=[.)])|(?=[-+]))(.)", r"\1\\\2", escaped)


def _name(name: str) -> str:
    return _text(visible(name, NAME)) or "(no name)"


def _table(heads: t.Sequence[str], rows: t.Iterable[t.Sequence[str]]) -> str:
    lines = ["| %s |" % " | ".join(row) for row in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines)


def _finding(finding: Finding) -> str:
    places = [
        _name(place.organization) + (": " + _text(names_of(place)) if place.names else "") for place in finding.places[:PLACES]
    ]
    more = len(finding.places) - PLACES
    if more > 0:
        places.append("and %d more" % more)
    level = _LEVELS.get(finding.level, "Note")
    words = "- %s: **%s.** %s" % (level, _text(finding.what), _text(finding.advice))
    return words + ("\n  In " + "; ".join(places) if places else "")


def _verified(report: Migration) -> str:
    rows = []
    for proof in report.verified:
        owner = proof.service_account or (proof.api_key and "API key " + proof.api_key) or ""
        outcome = "as expected" if proof.fine else (proof.message or proof.reason or "no reason was given")
        rows.append(
            (
                _name(proof.source),
                "works" if proof.works else "**does not work**",
                _name(proof.org_name) if proof.org_name else "",
                _name(owner) if owner else "",
                _text(proof.role or ""),
                _text(outcome),
            )
        )
    return _table(("Key from", "Works", "Organization", "Belongs to", "Role", "Result"), rows)


def _organization(org: Organization, report: Migration) -> list[str]:
    blocks = ["### %s" % _name(org.label), _text(org_words(org, report.planned))]
    if org.failure:
        blocks.append("**%s:** %s" % (_text(org.failure.code), _text(org.failure.message)))
    if org.keys:
        blocks.append(_table((*key_heads(), "Why"), [_key(key, report) for key in org.keys]))
    if org.service_accounts:
        heads = account_heads(report.planned)
        blocks.append("Service accounts created by the server:")
        blocks.append(_table(heads, [_account(account) for account in org.service_accounts]))
    return blocks


def _key(key: Key, report: Migration) -> t.Sequence[str]:
    why = [key.reason, "%s: %s" % (key.failure.code, key.failure.message) if key.failure else None]
    return (
        _name(key.name),
        _text(key.role or ""),
        _when(key.expires, report, "never"),
        _when(key.last_used, report, unused(report)),
        _text(label(key, report.planned)) + (", still exists" if key.left and not report.planned else ""),
        "; ".join(_successor(key)),
        _text("; ".join(filter(None, why))),
    )


def _successor(key: Key) -> t.Iterator[str]:
    """Yield the account and the token of a key, and where the new key is stored."""
    account = key.service_account
    if account:
        role = key.role_after or account.role
        yield "account %s%s" % (_name(account.name), " (%s)" % _text(role) if role else "")
    if key.token:
        created = key.token.created
        yield "token %s%s" % (_name(key.token.name), ", created " + _text(created[:10]) if created else "")
        if key.token.dest:
            yield "key stored in " + _name(key.token.dest)


def _when(value: str | None, report: Migration, never: str) -> str:
    if value is None:
        return never
    moment = instant(value)
    return _text(value) if moment is None else "%s (%s)" % (moment.strftime("%Y-%m-%d"), distance(moment, report.now))


def _account(account: Account) -> t.Sequence[str]:
    states = ["disabled" if account.disabled else "", "adopted" if account.adopted else "not adopted"]
    if becomes(account):
        states.append("becomes " + becomes(account))
    if account.failure:
        states.append("%s: %s" % (account.failure.code, account.failure.message))
    tokens = "" if account.tokens is None else str(account.tokens)
    return _name(account.name), _text(account.role or ""), tokens, _text("; ".join(filter(None, states)))
