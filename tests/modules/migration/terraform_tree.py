# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of Terraform code as people have it, before and after the first apply, and the module run on a copy."""

from __future__ import annotations

import types
from pathlib import Path

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform.hcl import Document
from modules.conftest import Server

DATA = Path(__file__).resolve().parents[2] / "terraform"
MODULE = "grafana_terraform_migrate"


class Code:
    """A copy of the tree, and the module run on it."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.folder = folder
        # The module sends no requests, so there is no server that could count them.
        no_server = types.SimpleNamespace(version=None, url=None, stats=lambda: {"routes": []})
        self.server = Server(no_server, monkeypatch)

    def run(self, **options):
        return self.server.run(MODULE, admin=None, path=str(self.folder), **options)

    def four(self, **options):
        return self.server.four(MODULE, admin=None, path=str(self.folder), **options)

    def files(self):
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()
        }

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


BEFORE, FIRST = tree(DATA / "before"), tree(DATA / "first")
KEY = 'resource "grafana_api_key" "x" {\n  name = "n"\n  role = "Viewer"\n}\n'


def documents(files):
    return [Document(path, text) for path, text in files.items() if path.endswith(".tf")]


def resources(files):
    return [block for document in documents(files) for block in document.blocks() if block.type == "resource"]
