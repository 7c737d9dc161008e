# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare a home directory in which `ansible-test --venv` works without the internet.

    ansible_test_home.py DIR [PYTHON...]        (run by the Python that has ansible-core)

ansible-test hands on HOME and PATH and little else. So the directory gets
- a pip.conf with the settings that pip has here, from files and from PIP_* variables alike: which index, which
  certificates, which proxy is decided by the machine, and is not known to this repository;
- a bootstrap script for pip in ansible-test's cache, which takes the pip that Python itself brings (`ensurepip`),
  in place of the one that would be downloaded;
- with the PYTHONs that ansible-test will find, a link to a directory in the user's cache that serves all checkouts, for
  the environments that ansible-test makes of pinned requirements. It gives these names of their own by a hash, and
  marks those that are complete. `flock DIR/.ansible/test/venv/.lock` keeps others out meanwhile.
"""

from __future__ import annotations

import ast
import configparser
import hashlib
import os
import re
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from shared_venv import USED, cache, point

BOOTSTRAP = '''\
"""In place of get-pip.py: the pip that Python brings, then the versions that were asked for, from the index."""

import os
import subprocess
import sys

# options of get-pip.py that pip itself does not know
ONLY_GET_PIP = ("--no-setuptools", "--no-wheel")

environment = dict(os.environ)
environment.pop("GET_PIP", None)
subprocess.check_call([sys.executable, "-m", "ensurepip"], env=environment)
arguments = [argument for argument in sys.argv[1:] if argument not in ONLY_GET_PIP]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install"] + arguments, env=environment))
'''

# What pip takes from the environment under other names than PIP_*, the preferred one first.
OTHER_SETTINGS = {
    "cert": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
    "proxy": ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"),
}


def pip_settings() -> configparser.RawConfigParser:
    """What pip is told on this machine, as one configuration file."""
    settings = configparser.RawConfigParser()
    settings.add_section("global")
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True).stdout
    variables = {}
    for line in listed.splitlines():
        name, value = line.split("=", 1)
        if name.startswith(":env:."):
            variables[name[len(":env:.") :]] = ast.literal_eval(value)
            continue
        section, option = name.split(".", 1)
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, option, ast.literal_eval(value).replace("\n", "\n "))
    # the environment has the last word, as it has in pip
    for option, value in variables.items():
        settings.set("global", option, value)
    for option, names in OTHER_SETTINGS.items():
        found = [os.environ[name] for name in names if os.environ.get(name)]
        if found and not settings.has_option("global", option):
            settings.set("global", option, found[0])
    return settings


def pip_versions() -> list[str]:
    """The versions of pip that the installed ansible-test wants to bootstrap with, e.g. ["25.2"]."""
    package = find_spec("ansible_test")
    if package is None or not package.submodule_search_locations:
        sys.exit("%s has no ansible-test" % sys.executable)
    source = Path(package.submodule_search_locations[0]) / "_internal" / "python_requirements.py"
    found = re.findall(r"^\s+pip='([0-9.]+)',$", source.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if not found:
        sys.exit("no version of pip found in %s: has ansible-test changed how it makes virtual environments?" % source)
    return found


def shared_environments(pythons: list[str]) -> Path:
    """The directory for environments of this ansible-core and these interpreters."""
    about = [subprocess.run([python, "-VV"], check=True, capture_output=True, text=True).stdout for python in pythons]
    key = hashlib.sha256(repr([version("ansible-core"), pythons, about]).encode()).hexdigest()[:16]
    place = cache() / ("ansible-test.%s" % key)
    place.mkdir(parents=True, exist_ok=True)
    for name in (USED, ".lock"):
        (place / name).touch()
    return place


def main() -> None:
    home = Path(sys.argv[1])
    pip_conf = home / ".config" / "pip" / "pip.conf"
    pip_conf.parent.mkdir(parents=True, exist_ok=True)
    with pip_conf.open("w", encoding="utf-8") as file:
        # it may hold the password of an index
        pip_conf.chmod(0o600)
        pip_settings().write(file)
    bootstraps = home / ".ansible" / "test" / "cache"
    bootstraps.mkdir(parents=True, exist_ok=True)
    for pip in pip_versions():
        (bootstraps / ("get_pip_%s.py" % pip.replace(".", "_"))).write_text(BOOTSTRAP, encoding="utf-8")
    if len(sys.argv) > 2:
        point(home / ".ansible" / "test" / "venv", shared_environments(sys.argv[2:]))


if __name__ == "__main__":
    main()
