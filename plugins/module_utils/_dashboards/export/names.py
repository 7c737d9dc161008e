# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that dashboards are exported to: names that every file system takes, the same in every run. Pure.

The name of a directory says the folder's title in full, with what a name cannot hold as ``%XX``, so that an import
has the title again. The name of a file is for people: the import takes title and uid from what is in it.
"""

from __future__ import annotations

import hashlib
import re
import typing as t
import unicodedata
from urllib.parse import quote

#: The end of every file's name.
SUFFIX = ".json"
#: What the names of files and directories take at most, in bytes of UTF-8. File systems end at 255; a file's name
#: leaves room for the uid.
LONGEST_FILE, LONGEST_DIRECTORY = 150, 240
#: What Windows, macOS or Linux do not take in a name.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_UNSAFE_RUN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
#: Names that are devices on Windows, whatever follows their first dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
#: The name of a directory that an import takes for the place outside of all folders.
_GENERAL = "general"
#: What is written plainly also where two names differ in nothing else than case or composition.
_PLAIN = " !#$&'()+,-.;=@[]^_`{}~0123456789abcdefghijklmnopqrstuvwxyz"

Titles = tuple[str, ...]


class Exported(t.NamedTuple):
    """A dashboard that gets a file: *folder* are the titles of the folders that it is in, from the top down."""

    uid: str
    title: str
    folder: Titles


def folded(name: str) -> str:
    """Return what two names share that are one to a file system without upper case, or that composes letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def directory_name(title: str, strictly: bool = False) -> str:
    """Return *title* as the name of a directory; ``urllib.parse.unquote`` gives it back, unless it had to be cut.

    *strictly* writes all but lower case ASCII as ``%XX``.
    """
    text = title.encode("utf-8", "replace").decode()
    last = len(text) - 1
    odd = (0,) if _DEVICE.match(text) or text.lower() == _GENERAL or text[:1] in (".", " ") else ()
    letters = [
        _percent(letter) if _odd(letter, strictly) or index in odd or (index == last and letter in ". ") else letter
        for index, letter in enumerate(text)
    ]
    name = "".join(letters)
    if len(name.encode()) <= LONGEST_DIRECTORY:
        return name
    return _cut(letters, LONGEST_DIRECTORY - 9) + "~" + _digest(title)


def is_cut(title: str) -> bool:
    """Tell whether the name of the directory does not say all of *title*."""
    return directory_name(title).endswith("~" + _digest(title))


def _odd(letter: str, strictly: bool) -> bool:
    return letter == "%" or (letter not in _PLAIN if strictly else _UNSAFE.match(letter) is not None)


def _percent(letter: str) -> str:
    """Return a character as ``%XX`` by byte; ``quote`` leaves letters, digits and a few more alone."""
    return "".join("%%%02X" % byte for byte in letter.encode()) if quote(letter, safe="") == letter else quote(letter, safe="")


def _cut(parts: t.Sequence[str], most: int) -> str:
    """Return as many whole *parts* as *most* bytes hold."""
    found, size = [], 0
    for part in parts:
        size += len(part.encode())
        if size > most:
            break
        found.append(part)
    return "".join(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def directory_names(titles: t.Iterable[str]) -> dict[str, str]:
    """Return the name of the directory for each of *titles*, which are in one place."""
    names = {title: directory_name(title) for title in titles}
    groups = _grouped(names)
    return {title: directory_name(title, strictly=len(groups[folded(name)]) > 1) for title, name in names.items()}


def _grouped(names: t.Mapping[str, str]) -> dict[str, list[str]]:
    """Return the keys of *names* by what their names are to a file system."""
    groups: dict[str, list[str]] = {}
    for key, name in names.items():
        groups.setdefault(folded(name), []).append(key)
    return groups


def stem(title: str) -> str:
    """Return *title* as people find it again in the name of a file, without what a name cannot hold."""
    text = title.encode("utf-8", "replace").decode()
    text = " ".join(_UNSAFE_RUN.sub("-", text).split())
    text = _cut(list(text.strip(" .-")), LONGEST_FILE).rstrip(" .-")
    if not text:
        return "dashboard"
    return text + "_" if _DEVICE.match(text) else text


def file_names(titles: t.Mapping[str, str], taken: t.Collection[str] = ()) -> dict[str, str]:
    """Return the names of the files in one directory by uid; *titles* are by uid, *taken* the names of directories there.

    Where two would be the same, both get their uid.
    """
    said = dict.fromkeys(titles, 0)
    directories = {folded(name) for name in taken}
    while True:
        names = {uid: _file_name(titles[uid], uid, said[uid]) for uid in titles}
        clashes = [
            uid for name, uids in _grouped(names).items() if len(uids) > 1 or name in directories for uid in uids if said[uid] < 2
        ]
        if not clashes:
            return names
        for uid in clashes:
            said[uid] += 1


def _file_name(title: str, uid: str, said: int) -> str:
    """Return the name of a file that says the title, with *said* 1 the uid, too, with 2 also whether it is upper case."""
    parts = [stem(title), stem(uid), _digest(uid)]
    return "-".join(parts[: said + 1]) + SUFFIX


def paths(dashboards: t.Iterable[Exported]) -> dict[str, str]:
    """Return the file of each of *dashboards* by uid, relative to the directory and with slashes.

    All that one organization has should be among them, so that a name does not depend on which are asked for.
    """
    inside: dict[Titles, dict[str, str]] = {(): {}}
    below: dict[Titles, set[str]] = {(): set()}
    for one in dashboards:
        for depth, title in enumerate(one.folder):
            below.setdefault(one.folder[:depth], set()).add(title)
            below.setdefault(one.folder[: depth + 1], set())
        inside.setdefault(one.folder, {})[one.uid] = one.title
    directories: dict[Titles, str] = {(): ""}
    found: dict[str, str] = {}
    for place in sorted(below, key=len):
        names = directory_names(below[place])
        directories.update(((*place, title), directories[place] + name + "/") for title, name in names.items())
        files = file_names(inside.get(place, {}), names.values())
        found.update((uid, directories[place] + name) for uid, name in files.items())
    return found


__all__ = ["Exported", "directory_name", "directory_names", "file_names", "folded", "is_cut", "paths", "stem"]
