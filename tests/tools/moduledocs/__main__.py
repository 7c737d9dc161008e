# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the generated parts of the documentation of modules and role, or with ``--check`` list those that are out of date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .blocks import BlockError, blocks
from .parts import Texts, module_text, role_text

ROOT = Path(__file__).resolve().parents[3]
ROLE = Path("roles/org_bootstrap/meta/argument_specs.yml")


def generate(root: Path) -> dict[Path, str]:
    """Return the new text of each file that has generated parts, by its path below *root*. Raises :class:`BlockError`."""
    texts = Texts()
    modules: dict[str, str] = {}
    for path in sorted((root / "plugins/modules").glob("*.py")):
        modules[path.stem] = module_text(path.stem, path.read_text(encoding="utf-8"), texts)
    files = {Path("plugins/modules", name + ".py"): text for name, text in modules.items()}
    return {**files, ROLE: role_text((root / ROLE).read_text(encoding="utf-8"), modules, texts)}


def outdated(old: str, new: str) -> list[str]:
    """Return ``LINE: PARTS`` for each generated block of *old* that differs in *new*."""
    pairs = zip(blocks(old), blocks(new))
    return ["%d: %s" % (before.start, before.call) for before, after in pairs if before.body != after.body]


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code: 1 where ``--check`` finds a difference, 2 for a mistake in a file."""
    parser = argparse.ArgumentParser(prog="python -m tools.moduledocs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a generated part is out of date")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout")
    options = parser.parse_args(arguments)
    try:
        files = generate(options.root)
    except BlockError as problem:
        print(problem, file=sys.stderr)
        return 2
    found: list[str] = []
    for path, text in files.items():
        old = (options.root / path).read_text(encoding="utf-8")
        found += ["%s:%s" % (path, block) for block in outdated(old, text)]
        if text != old and not options.check:
            (options.root / path).write_text(text, encoding="utf-8")
    for line in found:
        print(line)
    if found:
        print("Out of date: run `make generate`." if options.check else "Updated %d generated parts." % len(found))
    return 1 if found and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
