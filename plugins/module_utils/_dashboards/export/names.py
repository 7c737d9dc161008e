# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of exported files and directories: valid on every file system, and the same in every run. Pure.

A directory name contains the folder's whole title, with invalid characters as ``%XX``, so that an import can restore the
title. A file name only helps users to find the file: an import reads title and uid from its content.
"""

from __future__ import annotations

import hashlib
import re
import typing as t
import unicodedata
from urllib.parse import quote

#: The suffix of every file name.
SUFFIX = ".json"
#: Maximum lengths of titles in file names and of directory names, in bytes of UTF-8. File systems allow 255 bytes; a file
#: name also needs room for the uid.
LONGEST_FILE, LONGEST_DIRECTORY = 150, 240
#: Characters that Windows, macOS or Linux do not allow in a name.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_UNSAFE_RUN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
#: Names of devices on Windows, also with any extension.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
#: The directory name that an import reads as General.
_GENERAL = "general"
#: Characters that stay unchanged even in the strict form, which is for names that differ only in case or composition.
_PLAIN = " !#$&'()+,-.;=@[]^_`{}~0123456789abcdefghijklmnopqrstuvwxyz"

Titles = tuple[str, ...]


class Exported(t.NamedTuple):
    """A dashboard to export. *folder* has the titles of the folders that it is in, from the top down."""

    uid: str
    title: str
    folder: Titles


def folded(name: str) -> str:
    """Return *name* in the form by which a file system compares names if it ignores case or Unicode composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def directory_name(title: str, strictly: bool = False) -> str:
    """Return the directory name for a folder's *title*.

    ``urllib.parse.unquote`` restores the title from it, unless the name was cut because it was too long. *strictly* writes
    everything except :data:`_PLAIN` (lower case ASCII) as ``%XX``.
    """
    text = title.encode("utf-8", "replace").decode()
    last = len(text) - 1
    escape_first = bool(_DEVICE.match(text)) or text.lower() == _GENERAL or text[:1] in (".", " ")
    letters = [
        _percent(letter)
        if _needs_escape(letter, strictly) or (index == 0 and escape_first) or (index == last and letter in ". ")
        else letter
        for index, letter in enumerate(text)
    ]
    name = "".join(letters)
    if len(name.encode()) <= LONGEST_DIRECTORY:
        return name
    return _cut(letters, LONGEST_DIRECTORY - 9) + "~" + _digest(title)


def is_cut(title: str) -> bool:
    """Return whether *title* is too long for a directory name."""
    return directory_name(title).endswith("~" + _digest(title))


def _needs_escape(letter: str, strictly: bool) -> bool:
    return letter == "%" or (letter not in _PLAIN if strictly else _UNSAFE.match(letter) is not None)


def _percent(letter: str) -> str:
    """Return a character as ``%XX``, one per byte; ``quote`` does not escape letters, digits and some punctuation."""
    return "".join("%%%02X" % byte for byte in letter.encode()) if quote(letter, safe="") == letter else quote(letter, safe="")


def _cut(parts: t.Sequence[str], most: int) -> str:
    """Return as many whole *parts* as fit into *most* bytes."""
    fitting, size = [], 0
    for part in parts:
        size += len(part.encode())
        if size > most:
            break
        fitting.append(part)
    return "".join(fitting)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def directory_names(titles: t.Iterable[str]) -> dict[str, str]:
    """Return the directory name for each of *titles*, the titles of folders with the same parent."""
    names = {title: directory_name(title) for title in titles}
    groups = _grouped(names)
    return {title: directory_name(title, strictly=len(groups[folded(name)]) > 1) for title, name in names.items()}


def _grouped(names: t.Mapping[str, str]) -> dict[str, list[str]]:
    """Return lists of the keys of *names* whose names are the same for a file system (see :func:`folded`)."""
    groups: dict[str, list[str]] = {}
    for key, name in names.items():
        groups.setdefault(folded(name), []).append(key)
    return groups


def stem(title: str) -> str:
    """Return *title* for use in a file name: invalid characters replaced, and cut to :data:`LONGEST_FILE` bytes."""
    text = title.encode("utf-8", "replace").decode()
    text = " ".join(_UNSAFE_RUN.sub("-", text).split())
    text = _cut(list(text.strip(" .-")), LONGEST_FILE).rstrip(" .-")
    if not text:
        return "dashboard"
    return text + "_" if _DEVICE.match(text) else text


def file_names(titles: t.Mapping[str, str], taken: t.Collection[str] = ()) -> dict[str, str]:
    """Return the names of the files in one directory, by uid.

    *titles* are the titles of the dashboards by uid, *taken* the names of directories in the same directory. Files whose
    names would be the same get their uid in the name.
    """
    extra_parts = dict.fromkeys(titles, 0)
    directories = {folded(name) for name in taken}
    while True:
        names = {uid: _file_name(titles[uid], uid, extra_parts[uid]) for uid in titles}
        clashes = [
            uid
            for name, uids in _grouped(names).items()
            if len(uids) > 1 or name in directories
            for uid in uids
            if extra_parts[uid] < 2
        ]
        if not clashes:
            return names
        for uid in clashes:
            extra_parts[uid] += 1


def _file_name(title: str, uid: str, extra_parts: int) -> str:
    """Return the file name with the title, for 1 extra part also the uid, for 2 also a digest of it (uids differ by case)."""
    parts = [stem(title), stem(uid), _digest(uid)]
    return "-".join(parts[: extra_parts + 1]) + SUFFIX


def paths(dashboards: t.Iterable[Exported]) -> dict[str, str]:
    """Return the path of the file for each dashboard, by uid; relative to the export's directory, with slashes.

    Pass all dashboards of the organization, so that a name does not depend on which dashboards a task selects.
    """
    inside: dict[Titles, dict[str, str]] = {(): {}}
    below: dict[Titles, set[str]] = {(): set()}
    for one in dashboards:
        for depth, title in enumerate(one.folder):
            below.setdefault(one.folder[:depth], set()).add(title)
            below.setdefault(one.folder[: depth + 1], set())
        inside.setdefault(one.folder, {})[one.uid] = one.title
    directories: dict[Titles, str] = {(): ""}
    result: dict[str, str] = {}
    for folder in sorted(below, key=len):
        names = directory_names(below[folder])
        directories.update(((*folder, title), directories[folder] + name + "/") for title, name in names.items())
        files = file_names(inside.get(folder, {}), names.values())
        result.update((uid, directories[folder] + name) for uid, name in files.items())
    return result


__all__ = ["Exported", "directory_name", "directory_names", "file_names", "folded", "is_cut", "paths", "stem"]
