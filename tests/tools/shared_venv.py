# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a directory of the checkout a link to a virtual environment that all checkouts of a user share.

    shared_venv.py LINK REQUIREMENTS [PACKAGE...]     (run by the Python that the environment gets)

An environment lies in the user's cache directory, in `orgsmith-grafana/venvs/KEY.SUFFIX`. KEY is a hash of the
interpreter, the files of requirements and the further packages, so any change of these leads to another environment,
and the old one still serves checkouts that have not changed. An environment is made under a lock, in a directory of its
own, and counts only once the file `.complete` is written in it: what a stopped run leaves half-made is removed by the
next run. One whose interpreter is gone, or whose packages are no longer those that were installed, counts no more. After
FRESH_DAYS another one is made, so that new releases of the packages are noticed; one that nothing has used for KEPT_DAYS
is removed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FRESH_DAYS, KEPT_DAYS = 14, 30
DAY = 86400.0
COMPLETE, USED = ".complete", ".used"


@dataclass
class Wanted:
    """What an environment has to hold: *files* maps the name of a file of requirements to its content."""

    python: str
    files: dict[str, str]
    packages: list[str]

    @property
    def key(self) -> str:
        """Return a name that is the same for the same content."""
        text = json.dumps([self.python, self.files, self.packages], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def is_met_by(self, made: Wanted) -> bool:
        """Tell whether *made*, which may hold further files of requirements, holds all of this."""
        same = (self.python, self.packages) == (made.python, made.packages)
        return same and self.files.items() <= made.files.items()


def requirements(path: Path) -> dict[str, str]:
    """Return the name and content of a file of requirements, and of those that it includes with `-r`."""
    text = path.read_text(encoding="utf-8")
    found = {path.name: text}
    for name in re.findall(r"^-r (\S+)$", text, flags=re.MULTILINE):
        found.update(requirements(path.parent / name))
    return found


def this_python() -> str:
    """Return what tells this interpreter from others: its place, version, compiler and day of build."""
    return f"{os.path.realpath(sys.executable)} {sys.version}"


class Environments:
    """The environments below *root*; *now* is the time in seconds since the epoch."""

    def __init__(self, root: Path, now: Callable[[], float] = time.time) -> None:
        self.root, self.now = root, now

    def get(self, wanted: Wanted, make: Callable[[Path], None]) -> Path:
        """Return the place of an environment; *make* makes it there if there is none, or none that is fresh.

        Where making a fresh one fails and an older one is intact, the older one is returned with a warning. Otherwise
        raises what *make* raises.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with self._locked(wanted.key):
            self._remove_half_made(wanted.key)
            intact = [path for path in self.root.glob(wanted.key + ".*") if self.intact(path)]
            newest = max(intact, key=self._made, default=None)
            if newest is None or not self._fresh(newest):
                newest = self._make(wanted, make, newest)
            self._use(newest)
        self._remove_unused()
        return newest

    def holds(self, place: Path, wanted: Wanted) -> bool:
        """Tell whether *place* is an intact and fresh environment of these, with at least what is wanted."""
        if place.parent != self.root or not self.intact(place) or not self._fresh(place):
            return False
        self._use(place)
        return wanted.is_met_by(Wanted(**_known(place)["wanted"]))

    def intact(self, place: Path) -> bool:
        """Tell whether an environment was finished, at this place, and has its interpreter and packages still."""
        try:
            known = _known(place)
            return known["place"] == str(place) and known["holds"] == _packages(place) and (place / "bin/python").exists()
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _make(self, wanted: Wanted, make: Callable[[Path], None], older: Path | None) -> Path:
        # A name of its own: a pip that outlives a stopped run goes on writing into the directory of that run.
        place = Path(tempfile.mkdtemp(prefix=wanted.key + ".", dir=self.root))
        try:
            make(place)
        except BaseException as problem:
            shutil.rmtree(place, ignore_errors=True)
            if older is None or not isinstance(problem, subprocess.CalledProcessError):
                raise
            print(f"A fresh environment cannot be made, so one of more than {FRESH_DAYS} days is used: {older}", file=sys.stderr)
            return older
        known = {"place": str(place), "made": self.now(), "holds": _packages(place), "wanted": vars(wanted)}
        written = place / (COMPLETE + ".new")
        written.write_text(json.dumps(known), encoding="utf-8")
        written.replace(place / COMPLETE)
        return place

    def _made(self, place: Path) -> float:
        return float(_known(place)["made"])

    def _fresh(self, place: Path) -> bool:
        return self.now() - self._made(place) <= FRESH_DAYS * DAY

    def _use(self, place: Path) -> None:
        (place / USED).touch()
        os.utime(place / USED, (self.now(), self.now()))

    def _remove_half_made(self, key: str) -> None:
        for place in self.root.glob(key + ".*"):
            if not (place / COMPLETE).exists():
                shutil.rmtree(place, ignore_errors=True)

    def _remove_unused(self) -> None:
        def unused(mark: Path) -> bool:
            with contextlib.suppress(FileNotFoundError):
                return self.now() - mark.stat().st_mtime > KEPT_DAYS * DAY
            return False

        for mark in filter(unused, self.root.glob(f"*/{USED}")):
            with self._locked(mark.parent.stem):
                if unused(mark):
                    shutil.rmtree(mark.parent, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self, key: str) -> Iterator[None]:
        with open(self.root / f"lock-{key}", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _known(place: Path) -> dict[str, Any]:
    """Return what was noted about an environment when it was complete."""
    return dict(json.loads((place / COMPLETE).read_text(encoding="utf-8")))


def _packages(place: Path) -> list[str]:
    """Return the names and versions of what is installed in an environment."""
    return sorted(path.name for path in place.glob("lib/python3*/site-packages/*.dist-info"))


def cache() -> Path:
    """Return the directory of all environments: below the user's cache directory, or in the checkout if that is not writable."""
    for base in (os.environ.get("XDG_CACHE_HOME", ""), os.path.join(os.environ.get("HOME", ""), ".cache")):
        if os.path.isabs(base):
            place = Path(base).resolve() / "orgsmith-grafana" / "venvs"
            with contextlib.suppress(OSError):
                place.mkdir(parents=True, exist_ok=True)
                if os.access(place, os.W_OK):
                    return place
    return Path.cwd() / ".build" / "venvs"


def point(link: Path, place: Path) -> None:
    """Make *link* a link to *place*, at once for whoever looks; a real directory there was made by older tools, and goes."""
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f"{link.name}.{os.getpid()}")
    new.symlink_to(place)
    new.replace(link)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("link", type=Path, help="what becomes a link to the environment")
    parser.add_argument("requirements", type=Path, help="a file of requirements")
    parser.add_argument("packages", nargs="*", help="further packages, as pip takes them")
    options = parser.parse_args()

    def make(place: Path) -> None:
        about = " ".join([str(options.requirements), *options.packages])
        print(f"Making an environment with {about} for Python {sys.version.split()[0]}: {place}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [str(place / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(options.requirements), *options.packages], check=True, stdout=sys.stderr)

    wanted = Wanted(this_python(), requirements(options.requirements), options.packages)
    environments = Environments(cache())
    if environments.holds(options.link.resolve(), wanted):
        return 0
    try:
        point(options.link, environments.get(wanted, make))
    except subprocess.CalledProcessError as problem:
        print(f"{options.link} was not made: {' '.join(problem.cmd)} ended with {problem.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
