# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads YAML in which any value may be a secret: with positions of errors, and without the text that is wrong."""

from __future__ import annotations

import typing as t

from .._grafana.errors import BadInput


class AsWritten(str):
    """A text with the tag ``!unsafe``: braces in it are no template."""

    __slots__ = ()


def read_yaml(text: str) -> t.Any:
    """Return the value that *text* describes. Raises :class:`BadInput` with line and column, and without PyYAML."""
    try:
        import yaml  # pylint: disable=import-outside-toplevel
    except ImportError:
        raise BadInput(
            "is not JSON, and the Python that runs the module has no PyYAML, which YAML needs: install PyYAML there, or write "
            "the file as JSON",
            code="missing_library",
        ) from None
    loader = _loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        return yaml.load(text, Loader=loader)
    except yaml.MarkedYAMLError as problem:
        raise BadInput("is not valid YAML: %s%s" % (_place(problem.problem_mark), _words(yaml, problem))) from None
    except yaml.YAMLError:
        raise BadInput("is not valid YAML: it contains a character that YAML does not allow") from None
    except (ValueError, TypeError):  # a number or a key that PyYAML cannot build
        raise BadInput("is not valid YAML: a value cannot be read") from None


def _loader(base: t.Any) -> t.Any:
    """Return a loader that knows Ansible's tag ``!unsafe``, and leaves dates as they are written."""
    loader: t.Any = type("Loader", (base,), {})
    loader.add_constructor("!unsafe", lambda own, node: AsWritten(own.construct_scalar(node)))
    loader.add_constructor("tag:yaml.org,2002:timestamp", lambda own, node: own.construct_scalar(node))
    return loader


def _place(mark: t.Any) -> str:
    return "line %d, column %d: " % (mark.line + 1, mark.column + 1) if mark is not None else ""


def _words(yaml: t.Any, problem: t.Any) -> str:
    """Return what is wrong. PyYAML's own words quote aliases, anchors and tags, which may be passwords without quotes."""
    said = str(problem.problem or "")
    if isinstance(problem, yaml.constructor.ConstructorError):
        if "!vault" in said:
            return "a value is encrypted with ansible-vault (!vault), and only Ansible itself can decrypt it"
        return "a value has an unknown tag (!), or a key is not a text; quote a text that begins with an exclamation mark"
    if isinstance(problem, yaml.composer.ComposerError):
        return "an alias (*) without an anchor, or two anchors (&) with one name; quote a text that begins with * or &"
    return said or "malformed"
