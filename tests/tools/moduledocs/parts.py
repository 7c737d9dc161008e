# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the generated blocks.

The texts come from the YAML files beside this one, and from the options of the modules. A module file has the blocks ``sink``,
``batch``, and those of ``options.yml`` and ``returns.yml``; the role's argument specs have the lists of ``role.yml``.
"""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

from .blocks import Block, BlockError, replace
from .emit import Alias, Anchored, emit, load

HERE = Path(__file__).parent
COLLECTION = "orgsmith.grafana."
SINK = "sink_suboptions"

Doc = dict[str, t.Any]


class Texts:
    """The shared texts."""

    def __init__(self, folder: Path = HERE) -> None:
        self.sink, self.batch, self.options, self.returns, self.role = (
            load((folder / name).read_text(encoding="utf-8"))
            for name in ("sink.yml", "batch.yml", "options.yml", "returns.yml", "role.yml")
        )
        self.parts: Doc = {**self.options, **self.returns}


def module_text(name: str, text: str, texts: Texts) -> str:
    """Return the *text* of the module *name* with its generated blocks. Raises :class:`BlockError`."""
    try:
        text = replace(text, lambda block: None if block.names == ["batch"] else _of_module(block, texts))
        # Only now the module's own options are complete.
        batch = _batch(name, text, texts)
        return replace(text, lambda block: emit(batch, block.indent) if block.names == ["batch"] else None)
    except BlockError as problem:
        raise BlockError("plugins/modules/%s.py: %s" % (name, problem)) from None


def _of_module(block: Block, texts: Texts) -> list[str]:
    if block.names == ["sink"]:
        return emit({"suboptions": Anchored(SINK, _sink(texts, block.arguments.get("of")))}, block.indent)
    values: Doc = {}
    for name in block.names:
        if name not in texts.parts:
            raise BlockError("line %d: options.yml has no %s, and returns.yml has no %s" % (block.start, name, name))
        values.update(_filled(texts.parts[name], block))
    return emit(values, block.indent)


def _sink(texts: Texts, variant: str | None) -> Doc:
    """Return the suboptions of ``sink``, with the words of a *variant* where it has its own."""
    own = texts.sink["variants"][variant] if variant else {}
    return {name: {**rule, **own.get(name, {})} for name, rule in texts.sink["suboptions"].items()}


def _filled(value: t.Any, block: Block) -> t.Any:
    """Return *value* with the block's arguments in place of ``$name``."""
    if isinstance(value, dict):
        return {key: _filled(one, block) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, block) for one in value]
    if isinstance(value, str) and value.startswith("$"):
        try:
            return block.arguments[value[1:]]
        except KeyError:
            raise BlockError("line %d: %s= is missing" % (block.start, value[1:])) from None
    return value


def documentation(text: str) -> Doc:
    """Return DOCUMENTATION of a module's *text*."""
    found = re.search(r'^DOCUMENTATION = r"""\n(.*?)^"""', text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise BlockError('there is no DOCUMENTATION = r"""..."""')
    return t.cast(Doc, load(found[1]))


def _batch(name: str, text: str, texts: Texts) -> Doc:
    """Return ``batch`` of the module: its own options without defaults, and what chooses the organization."""
    doc = documentation(text)
    fragments = doc.get("extends_documentation_fragment", ())
    if COLLECTION + "batch" not in fragments:
        return {}
    if "batch" not in doc["options"]:
        raise BlockError("options of a batch without the option batch")
    suboptions: Doc = {}
    for option, rule in doc["options"].items():
        if option not in ("batch", *texts.batch["of_task"].get(name, ())):
            suboptions[option] = {key: value for key, value in rule.items() if key != "default"}
            anchor = option + "_suboptions"
            if "&" + anchor in text:
                suboptions[option]["suboptions"] = Alias(anchor)
    if COLLECTION + "org" in fragments:
        suboptions.update(texts.batch["organization"])
    named_by = texts.batch["named_by"].get(name)
    plain = ["An item may also be a string, which is its O(batch[].%s)." % named_by] if named_by else []
    words = [*texts.batch["description"], *plain, *texts.batch["more"].get(name, ())]
    return {"description": words, "type": "list", "elements": "raw" if named_by else "dict", "suboptions": suboptions}


def role_text(text: str, modules: t.Mapping[str, str], texts: Texts) -> str:
    """Return the *text* of the role's argument specs with its generated lists. Raises :class:`BlockError`.

    *modules* are the texts of the modules, their generated blocks up to date.
    """

    def body(block: Block) -> list[str]:
        name = block.call
        if name not in texts.role:
            raise BlockError("line %d: role.yml has no %s" % (block.start, name))
        own = texts.role[name]
        return emit(_role_options(own["module"], documentation(modules[own["module"]])["options"], own), block.indent)

    try:
        return replace(text, body)
    except BlockError as problem:
        raise BlockError("the role's argument_specs.yml: %s" % problem) from None


def _role_options(module: str, options: Doc, own: Doc) -> Doc:
    """Return the *options* of one object of *module* as the role takes them; *own* is what differs there."""
    left_out = {"batch", *own.get("left_out", ())}
    names = [name for name in options if name not in left_out]
    unknown = sorted({*own.get("options", ()), *left_out} - {*options, "batch"})
    if unknown:
        raise BlockError("%s of role.yml has no option %s" % (module, ", ".join(unknown)))
    found: Doc = {}
    for name in names:
        rule = _linked(options[name], module, names)
        special = dict(own.get("options", {}).get(name, {}))
        rule["description"] = [*_listed(rule["description"]), *_listed(special.pop("more", []))]
        found.update(_for_role(name, {**rule, **special}))
    return found


def _for_role(name: str, rule: Doc) -> Doc:
    """Return an option in the form of argument specs: ``options`` in place of ``suboptions``, and no defaults.

    Argument specs of roles have no aliases in ansible-lint's schema, so an alias is an option of its own. The suboptions of a
    sink stay with the module, whose errors quote no secret.
    """
    option = {key: value for key, value in rule.items() if key not in ("aliases", "default", "suboptions")}
    nested = rule.get("suboptions")
    if nested and "type" not in nested:
        option["options"] = {}
        for inner, one in nested.items():
            option["options"].update(_for_role(inner, one))
    found = {name: option}
    if not rule.get("required"):
        for alias in rule.get("aliases", ()):
            found[alias] = {**option, "description": "The same as C(%s)." % name}
    return found


def _listed(text: str | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else text


def _linked(value: t.Any, module: str, names: t.Sequence[str]) -> t.Any:
    """Return a copy of *value* whose ``O()`` and ``RV()`` are right in the role too.

    Options that stand beside each other there become ``C()``, and all others links to the module.
    """
    if isinstance(value, dict):
        return {key: _linked(one, module, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_linked(one, module, names) for one in value]
    if not isinstance(value, str):
        return value

    def link(match: re.Match[str]) -> str:
        kind, target = match[1], match[2]
        if "#" in target or target.startswith("ignore:"):
            return match[0]
        if kind == "O" and re.split(r"[.=\[]", target)[0] in names:
            return "C(%s)" % target
        return "%s(%s%s#module:%s)" % (kind, COLLECTION, module, target)

    return re.sub(r"\b(O|RV)\(([^()]*)\)", link, value)
