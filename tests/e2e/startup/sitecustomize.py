# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python imports this at its start in each process of a playbook under test; see ../shortcuts.py.

Two things are kept that Ansible makes anew in each run, in the directory that E2E_SHORTCUTS names:
- payloads: the zip file of a module and of what it imports, which ansible-playbook makes for each module that a play uses
  (about 0.4 s). Ansible itself keeps them for the length of a run, under a lock.
- bytecode: Python compiles what it imports from such a zip file each time, because it can write nothing there (about 0.3 s).
  What is kept has the name of a hash of the source.
"""

from __future__ import annotations

import os

KEPT = os.environ.get("E2E_SHORTCUTS")


def keep_payloads(folder):
    """Let ansible-playbook find the directory in which it looks for payloads."""
    plain = os.makedirs

    def makedirs(name, *more, **rest):
        if os.path.basename(name) == "ansiballz_cache" and not os.path.lexists(name):
            os.symlink(folder, name)
        return plain(name, *more, **rest)

    os.makedirs = makedirs


def keep_bytecode(folder):
    """Compile what is imported from a zip file only if the same source has not been compiled before."""
    import _imp
    import hashlib
    import marshal
    import zipimport

    plain = zipimport._compile_source

    def compile_source(path, source):
        kept = os.path.join(folder, hashlib.sha256(source).hexdigest())
        try:
            with open(kept, "rb") as stream:
                code = marshal.load(stream)
        except FileNotFoundError:
            code = plain(path, source)
            new = "%s.%d" % (kept, os.getpid())
            with open(new, "wb") as stream:
                marshal.dump(code, stream)
            os.replace(new, kept)
            return code
        _imp._fix_co_filename(code, path)  # tracebacks name the file of this run
        return code

    zipimport._compile_source = compile_source


if KEPT:
    keep_payloads(os.path.join(KEPT, "payloads"))
    keep_bytecode(os.path.join(KEPT, "bytecode"))
