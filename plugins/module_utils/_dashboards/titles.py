# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which titles exclude each other: up to 11.2, a server refuses a dashboard with the title of certain other objects."""

from __future__ import annotations

import re
import typing as t

from .._engine.items import one_error
from .._folders import paths as folders
from .._grafana.client import Client
from .._grafana.errors import BadInput, Refused
from .._grafana.scope import Scope
from .._grafana.secrets import masked
from .._grafana.versions import TAGS_END, TITLES_END, TITLES_REPEAT, Version
from .lookup import titled
from .model import DashboardState, DesiredDashboard, Namesake, label, place_of, placeless
from .routes import route_to


class TitleRule(t.NamedTuple):
    """Which titles exclude a dashboard: those of dashboards in its folder, and those of folders.

    If *by_slug*, titles with the same slug are the same. The folders are all folders of the organization (*anywhere*), or those
    in the folder of the dashboard.
    """

    by_slug: bool
    anywhere: bool


#: The rules, each with the first version after it (``getExistingDashboardByTitleAndFolder`` in the sources of these versions).
_RULES = (
    (Version(9, 5, 7), TitleRule(by_slug=True, anywhere=True)),
    (Version(10, 0, 0), TitleRule(by_slug=False, anywhere=True)),
    (Version(10, 0, 2), TitleRule(by_slug=True, anywhere=True)),
    (Version(10, 4, 0), TitleRule(by_slug=False, anywhere=True)),
    (TITLES_REPEAT, TitleRule(by_slug=False, anywhere=False)),
)
#: The end of a message about titles that differ, and that the server takes for the same.
SLUGS = " (case and punctuation do not count)"
#: The longest title in bytes, and the longest tag in characters; how much of a title a message shows.
LONGEST_TITLE, LONGEST_TAG, SHOWN = 5000, 50, 100
_WORDS = {"&": "and", "@": "at", **dict.fromkeys("\u2012\u2013\u2014\u2015", "-")}
_WORD = re.compile("[%s]" % "".join(_WORDS))
#: Signs of ASCII that become a dash in a slug. Quotes and the underscore are not the same in all versions.
_SIGNS = re.compile(r"[^a-z0-9_'\"\u0080-\U0010ffff]+")


def rule_of(client: Client) -> TitleRule | None:
    """Return the rule of the server, ``None`` if titles may repeat or the version is hidden."""
    version = client.version()
    if version is None:
        return None
    return next((rule for end, rule in _RULES if version < end), None)


def slug(title: str) -> str:
    """Return a text that is the same for two titles only if their slugs are the same.

    The servers of different versions transliterate differently, so other letters than those of ASCII stay as they are.
    """
    plain = _WORD.sub(lambda match: _WORDS[match.group()], title.strip().lower())
    return _SIGNS.sub("-", plain).strip("-") or title


def same(rule: TitleRule, title: str, other: str) -> bool:
    """Return whether two titles exclude each other."""
    return _key(rule, title) == _key(rule, other)


def check_titles(client: Client, wanted: t.Sequence[DesiredDashboard]) -> dict[str, str]:
    """Raise one :class:`BadInput` for all dashboards of one organization whose titles exclude each other, or are ambiguous.

    Returns the others with the title of another one in one folder: their uids, each with the label of the other one.
    """
    rule = rule_of(client)
    in_task = _folders_of(rule, wanted)
    repeated: dict[str, str] = {}
    problems: list[BadInput] = []
    seen: dict[t.Hashable, DesiredDashboard] = {}
    for desired in wanted:
        if desired.state != "present":
            continue
        folder = in_task.get(_key(rule, desired.title))
        if folder is not None:
            problems.append(_folder_titled(rule, desired, *folder))
            continue
        # With a uid and without a folder, a dashboard stays in its present folder, which is unknown here.
        if desired.uid is not None and placeless(desired):
            continue
        first = seen.setdefault((_key(rule, desired.title), place(desired)), desired)
        if first is desired:
            continue
        problem = _pair(client, first, desired)
        if problem is not None:
            problems.append(BadInput(problem))
        else:
            repeated[str(desired.uid)] = label(first)
    if problems:
        raise one_error(problems)
    return repeated


def _pair(client: Client, first: DesiredDashboard, second: DesiredDashboard) -> str | None:
    """Return what is wrong with two dashboards with one title in one folder, ``None`` if the server accepts both."""
    if first.title == second.title and (first.uid is None or second.uid is None):
        return (
            "%s and %s have one title in one folder, and one of them has no uid, so that its title identifies both: "
            "set a uid for each, or another title or folder" % (label(first), label(second))
        )
    if client.at_least(TITLES_REPEAT):
        return None
    return (
        "%s and %s have one title in one folder, where Grafana up to 11.2 allows a title only once%s: set another "
        "title or folder for one of them" % (label(first), label(second), "" if first.title == second.title else SLUGS)
    )


def _folders_of(rule: TitleRule | None, wanted: t.Sequence[DesiredDashboard]) -> dict[str, tuple[str, DesiredDashboard]]:
    """Return the folders that the task names by titles, each with a dashboard in it, if the rule counts all folders."""
    found: dict[str, tuple[str, DesiredDashboard]] = {}
    for desired in wanted if rule is not None and rule.anywhere else ():
        top, below = place_of(desired)
        title = "/".join(part for part in (top.strip(), *below) if part)
        if title and desired.state == "present":
            found.setdefault(_key(rule, title), (title, desired))
    return found


def _folder_titled(rule: TitleRule | None, desired: DesiredDashboard, folder: str, other: DesiredDashboard) -> BadInput:
    """Return the error for a dashboard with the title of a folder that the task names."""
    return BadInput(
        "dashboard %s cannot have the title of the folder %s, in which the task puts dashboard %s: Grafana up to 10.3 refuses a "
        "dashboard with the title of a folder%s; set another title for one of them"
        % (label(desired), folder, label(other), SLUGS if rule is not None and rule.by_slug else ""),
        code="title_taken",
    )


def _key(rule: TitleRule | None, title: str) -> str:
    return slug(title) if rule is not None and rule.by_slug else title


def place(desired: DesiredDashboard) -> t.Hashable:
    """Return the folder as the task names it; if it names none, a new dashboard is in General."""
    if desired.folder is not None or desired.below:
        top, below = place_of(desired)
        return (*folders.steps(top), *below)
    return desired.folder_uid or ()


def namesake(scope: Scope, desired: DesiredDashboard, state: DashboardState) -> Namesake | None:
    """Return the dashboard or folder whose title excludes that of *desired*, in the folder that it is written to."""
    rule = rule_of(scope.client)
    if rule is None:
        return None
    current = state.current
    folder_uid = state.folder_uid if state.folder_uid is not None else (current.folder_uid if current else folders.GENERAL)
    if rule.anywhere or state.folder_to_make is None:
        for folder in folders.tree(scope).children(folders.GENERAL if rule.anywhere else folder_uid):
            if same(rule, desired.title, folder.title):
                return Namesake("folder", folder.uid, folder.title)
    if state.folder_to_make is not None:
        return None
    own = current.uid if current else desired.uid
    heads = route_to(scope, desired.api).heads() if rule.by_slug else titled(scope, desired.api, desired.title)
    for head in heads:
        if head.folder_uid == folder_uid and head.uid != own and same(rule, desired.title, head.title):
            return Namesake("dashboard", head.uid, head.title, head)
    return None


def check_lengths(client: Client, desired: DesiredDashboard) -> None:
    """Raise :class:`Refused` for a title or a tag that is longer than the server accepts."""
    if len(desired.title.encode("utf-8", "replace")) > LONGEST_TITLE and client.at_least(TITLES_END):
        raise _too_long(desired, "its title has more than %d bytes" % LONGEST_TITLE)
    tags = desired.body.get("tags")
    long = [tag for tag in tags if isinstance(tag, str) and len(tag) > LONGEST_TAG] if isinstance(tags, list) else []
    if long and client.at_least(TAGS_END):
        raise _too_long(desired, "its tag %s has more than %d characters" % (masked(long[0]), LONGEST_TAG))


def _too_long(desired: DesiredDashboard, why: str) -> Refused:
    named = label(desired)
    named = named if len(named) <= SHOWN else named[:SHOWN] + "..."
    return Refused("dashboard %s cannot be written: %s; shorten it" % (named, why), code="too_long")


__all__ = ["TitleRule", "check_lengths", "check_titles", "namesake", "place", "rule_of", "same", "slug"]
