# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what playbooks/awx_setup.yml creates: its variables, with their defaults, as AWX gets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


class _Loader(yaml.SafeLoader):
    """YAML of Ansible: text with the tag ``!unsafe`` is text."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def playbook_text() -> str:
    """Return the text of the playbook."""
    return (PLAYBOOKS / "awx_setup.yml").read_text(encoding="utf-8")


def read() -> dict[str, Any]:
    """Return the variables of the playbook without ``awx_setup_``. Those that stand in other variables have their defaults."""
    (play,) = yaml.load(playbook_text(), _Loader)
    text = (PLAYBOOKS / "vars/awx.yml").read_text(encoding="utf-8")
    for name in ("awx_setup_prefix", "awx_setup_key_sink"):
        text = text.replace('"{{ %s }}"' % name, json.dumps(play["vars"][name]))
        text = text.replace("{{ %s }}" % name, play["vars"][name])
    whole = {**play["vars"], **yaml.load(text, _Loader)}
    return {name[len("awx_setup_") :]: value for name, value in whole.items() if name.startswith("awx_setup_")}
