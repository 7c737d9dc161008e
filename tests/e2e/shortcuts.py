# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible makes anew in each run of a playbook, and is the same each time, is made once a session of tests.

A play of four tasks takes less than half of the time with it. Each playbook still runs in processes of its own, as users
run it: startup/sitecustomize.py, which those processes import, keeps only what they would make of the same files again.
With E2E_SHORTCUTS=no, playbooks run without it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def shortcuts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Switch it on for all processes that tests start with the environment of this one."""
    if os.environ.get("E2E_SHORTCUTS") == "no":
        yield
        return
    # The processes of pytest-xdist have directories of their own, in one that they share.
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "e2e-shortcuts"
    for name in ("payloads", "bytecode"):
        (kept / name).mkdir(parents=True, exist_ok=True)
    hook = str(Path(__file__).with_name("startup"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("E2E_SHORTCUTS", str(kept))
        patch.setenv("PYTHONPATH", hook, prepend=os.pathsep)
        yield
