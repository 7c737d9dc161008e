# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments that checkouts share: made once, and never used half-made, changed or old."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools.shared_venv import DAY, FRESH_DAYS, KEPT_DAYS, Environments, Wanted, cache, point, requirements

TOOLS = Path(__file__).parent
RUN = Wanted("python 3", {"run.txt": "requests\n"}, [])
ALL = Wanted("python 3", {"run.txt": "requests\n", "all.txt": "-r run.txt\npytest\n"}, [])


class Maker:
    """Makes directories that look like environments, and counts them."""

    def __init__(self):
        self.made, self.trouble = 0, None

    def __call__(self, place):
        self.made += 1
        (place / "bin").mkdir()
        (place / "lib/python3.99/site-packages/requests-2.0.dist-info").mkdir(parents=True)
        if self.trouble:
            raise self.trouble
        (place / "bin/python").touch()


@pytest.fixture
def make():
    return Maker()


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def environments(tmp_path, clock):
    return Environments(tmp_path / "venvs", clock)


def test_made_once(environments, make):
    first = environments.get(ALL, make)
    assert environments.get(ALL, make) == first
    assert make.made == 1
    assert environments.holds(first, ALL)


@pytest.mark.parametrize(
    "changed",
    [
        Wanted("python 3.99", ALL.files, []),
        Wanted(ALL.python, {**ALL.files, "all.txt": "-r run.txt\npytest>=9\n"}, []),
        Wanted(ALL.python, {**ALL.files, "run.txt": "requests>=3\n"}, []),
        Wanted(ALL.python, ALL.files, ["ansible-core==2.17.*"]),
    ],
    ids=["interpreter", "requirements", "included requirements", "packages"],
)
def test_another_one_where_anything_differs(environments, make, changed):
    first = environments.get(ALL, make)
    assert not environments.holds(first, changed)
    assert environments.get(changed, make) != first
    assert environments.intact(first)


def test_a_larger_environment_serves(environments, make):
    whole, small = environments.get(ALL, make), environments.get(RUN, make)
    assert whole != small
    assert environments.holds(whole, RUN)
    assert not environments.holds(small, ALL)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda place: (place / ".complete").unlink(),
        lambda place: (place / ".complete").write_text('{"place": '),
        lambda place: (place / "bin/python").unlink(),
        lambda place: (place / "lib/python3.99/site-packages/added-1.0.dist-info").mkdir(),
        lambda place: (place / "lib/python3.99/site-packages/requests-2.0.dist-info").rmdir(),
    ],
    ids=["half-made", "half-written", "no interpreter", "added package", "lost package"],
)
def test_a_spoilt_one_is_not_used(environments, make, spoil):
    first = environments.get(ALL, make)
    spoil(first)
    assert not environments.holds(first, ALL)
    second = environments.get(ALL, make)
    assert second != first
    assert environments.holds(second, ALL)


def test_one_that_was_moved_is_not_used(environments, make, tmp_path):
    """Its programs name the place where it was made."""
    environments.get(ALL, make)
    environments.root.rename(tmp_path / "elsewhere")
    elsewhere = Environments(tmp_path / "elsewhere", environments.now)
    elsewhere.get(ALL, make)
    assert make.made == 2


@pytest.mark.parametrize("trouble", [subprocess.CalledProcessError(1, ["pip"]), KeyboardInterrupt()], ids=["pip", "stopped"])
def test_what_fails_leaves_nothing(environments, make, trouble):
    make.trouble = trouble
    with pytest.raises(type(trouble)):
        environments.get(ALL, make)
    assert [path for path in environments.root.iterdir() if path.is_dir()] == []
    make.trouble = None
    assert environments.holds(environments.get(ALL, make), ALL)


def test_what_a_killed_run_leaves_is_removed(environments, make):
    half_made = environments.root / f"{ALL.key}.left"
    half_made.mkdir(parents=True)
    assert environments.get(ALL, make) != half_made
    assert not half_made.exists()


def test_an_old_one_is_replaced_while_it_goes_on_serving(environments, make, clock):
    first = environments.get(ALL, make)
    clock.now += (FRESH_DAYS + 1) * DAY
    assert not environments.holds(first, ALL)
    second = environments.get(ALL, make)
    assert second != first
    assert environments.intact(first)
    clock.now += (KEPT_DAYS + 1) * DAY
    third = environments.get(ALL, make)
    assert [path for path in environments.root.iterdir() if path.is_dir()] == [third]


def test_without_the_index_an_old_one_goes_on_serving(environments, make, clock, capsys):
    first = environments.get(ALL, make)
    clock.now += (FRESH_DAYS + 1) * DAY
    make.trouble = subprocess.CalledProcessError(1, ["pip"])
    assert environments.get(ALL, make) == first
    assert "A fresh environment cannot be made" in capsys.readouterr().err


def test_two_at_once_make_one(environments, make):
    found = []
    threads = [threading.Thread(target=lambda: found.append(environments.get(ALL, make))) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.made == 1
    assert len(set(found)) == 1


def test_the_place_of_the_cache(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache() == tmp_path / "xdg/orgsmith-grafana/venvs"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # to be ignored, says the specification
    assert cache() == tmp_path / "home/.cache/orgsmith-grafana/venvs"
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert cache() == tmp_path / ".build/venvs"


def test_a_directory_of_older_tools_becomes_a_link(tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        point(tmp_path / ".venv", tmp_path / name)
        assert (tmp_path / ".venv").resolve() == tmp_path / name


def test_requirements_of_requirements(tmp_path):
    (tmp_path / "all.txt").write_text("# all\n-r run.txt\npytest\n")
    (tmp_path / "run.txt").write_text("requests\n")
    assert requirements(tmp_path / "all.txt") == {"all.txt": "# all\n-r run.txt\npytest\n", "run.txt": "requests\n"}


def test_a_real_one(tmp_path):
    """From the shell, without a package from the index: made, found again, and made anew when it was changed."""
    (tmp_path / "none.txt").write_text("# nothing\n")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "VENV_PYTHON": sys.executable}

    def run():
        command = [str(TOOLS / "venv.sh"), ".build/venv", "none.txt"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
        return (tmp_path / ".build/venv").resolve(), done.stderr

    place, said = run()
    assert said.startswith("Making an environment with none.txt")
    assert place.parent == tmp_path / "cache/orgsmith-grafana/venvs"
    prefix = subprocess.check_output([tmp_path / ".build/venv/bin/python", "-c", "import pip, sys; print(sys.prefix)"], text=True)
    assert prefix.strip() == str(tmp_path / ".build/venv")
    assert run() == (place, "")
    (place / "bin/python").unlink()
    assert run()[0] != place
