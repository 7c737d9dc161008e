# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated parts of the documentation: up to date as committed, and derived from the options of the modules."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
import yaml

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.options import OPTIONS as DASHBOARD
from ansible_collections.orgsmith.grafana.plugins.module_utils._datasources.model import OPTIONS as DATA_SOURCE
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.plan import OPTIONS as FOLDER
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.members import OPTIONS as MEMBER
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.model import OPTIONS as ORGANIZATION
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import OPTIONS as ACCOUNT
from ansible_collections.orgsmith.grafana.plugins.module_utils._preferences.options import OPTIONS as PREFERENCES
from ansible_collections.orgsmith.grafana.plugins.module_utils._teams.resource import OPTIONS as TEAM
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.options import OPTIONS as TOKEN
from ansible_collections.orgsmith.grafana.plugins.module_utils._users.model import OPTIONS as USER
from tools.moduledocs.__main__ import ROLE, ROOT, generate, main
from tools.moduledocs.emit import WIDTH, Alias, Anchored, emit
from tools.moduledocs.parts import Texts, documentation

DASHBOARDS = Path("plugins/modules/grafana_dashboard.py")
OPTION = """\
  colour:
    description:
      - The colour, which O(source) may have, too. See O(concurrency).
    type: str
    default: red
  state:
"""


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the modules and of the role."""
    for folder in ("plugins/modules", "roles"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    """Replace the first *old* in the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def tenant(root: Path) -> dict:
    """Return the options of one organization of the role."""
    options = yaml.safe_load((root / ROLE).read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    return options["org_bootstrap_organizations"]["options"]


def test_nothing_changes_on_the_tree_as_committed(capsys):
    assert {path: (ROOT / path).read_text(encoding="utf-8") for path in generate(ROOT)} == generate(ROOT)
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_a_changed_description_is_reported_and_nothing_written(checkout, capsys):
    options = documentation((checkout / DASHBOARDS).read_text(encoding="utf-8"))["options"]
    (words,) = options["commit_message"]["description"]
    change(checkout / DASHBOARDS, words, "Other words.")
    before = (checkout / DASHBOARDS).read_bytes()
    assert main(["--check", "--root", str(checkout)]) == 1
    found = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] + line.rpartition(":")[2] for line in found[:-1]] == [f"{DASHBOARDS} batch", f"{ROLE} dashboards"]
    assert found[-1] == "Out of date: run `make generate`."
    assert (checkout / DASHBOARDS).read_bytes() == before
    assert main(["--root", str(checkout)]) == 0
    assert main(["--check", "--root", str(checkout)]) == 0
    assert tenant(checkout)["dashboards"]["options"]["commit_message"]["description"] == ["Other words."]


def test_an_option_of_a_module_reaches_batch_and_role(checkout):
    change(checkout / DASHBOARDS, "  state:\n", OPTION)
    assert main(["--root", str(checkout)]) == 0
    options = documentation((checkout / DASHBOARDS).read_text(encoding="utf-8"))["options"]
    words = "The colour, which O(source) may have, too. See O(concurrency)."
    assert options["batch"]["suboptions"]["colour"] == {"description": [words], "type": "str"}
    link = "O(orgsmith.grafana.grafana_dashboard#module:concurrency)"
    words = f"The colour, which C(source) may have, too. See {link}."
    assert tenant(checkout)["dashboards"]["options"]["colour"] == {"description": [words], "type": "str"}


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (DASHBOARDS, "# END GENERATED\n", "", "has no end"),
        (DASHBOARDS, "# BEGIN GENERATED (make generate): batch\n", "", "the end of a generated block without its beginning"),
        (DASHBOARDS, "(make generate): org returned=always", "(make generate): town returned=always", "returns.yml has no town"),
        (DASHBOARDS, "(make generate): org returned=always", "(make generate): org", "returned= is missing"),
        (DASHBOARDS, "  batch:\n", "  butch:\n", "options of a batch without the option batch"),
        (ROLE, "(make generate): dashboards", "(make generate): boards", "role.yml has no boards"),
    ],
)
def test_mistakes_are_named(checkout, capsys, path, old, new, message):
    change(checkout / path, old, new)
    assert main(["--check", "--root", str(checkout)]) == 2
    assert message in capsys.readouterr().err


#: The lists of one organization that have options of their own.
PARTS = ("members", "teams", "data_sources", "service_accounts", "folders", "dashboards", "preferences")
#: By list of role.yml: where the role has its options, the options of the module, and what the role adds to them.
LISTS = {
    "organizations": ([], ORGANIZATION, PARTS),
    "members": (["members"], MEMBER, ["create"]),
    "users": (["members", "create"], USER, ["password"]),
    "teams": (["teams"], TEAM, []),
    "data_sources": (["data_sources"], DATA_SOURCE, []),
    "service_accounts": (["service_accounts"], ACCOUNT, ["tokens"]),
    "tokens": (["service_accounts", "tokens"], TOKEN, []),
    "folders": (["folders"], FOLDER, []),
    "dashboards": (["dashboards"], DASHBOARD, []),
    "preferences": (["preferences"], PREFERENCES, []),
}


@pytest.mark.parametrize("kind", [*Texts().role])
def test_the_role_takes_every_option_of_the_modules(kind):
    """Every option but those that role.yml leaves out, and beside them only what the role adds."""
    where, options, added = LISTS[kind]
    taken = tenant(ROOT)
    for name in where:
        taken = taken[name]["options"]
    left_out = Texts().role[kind].get("left_out", ())
    options = {name: rule for name, rule in options.items() if name not in left_out}
    aliases = {alias for rule in options.values() for alias in rule.get("aliases", ())}
    assert {*options, *added} <= set(taken) <= {*options, *aliases, *added}
    for name, rule in options.items():
        assert taken[name].get("choices") == rule.get("choices"), name
        assert taken[name]["type"] in (rule["type"], "str" if rule["type"] == "raw" else rule["type"]), name


def test_an_alias_of_a_module_is_an_option_of_the_role():
    address = tenant(ROOT)["address"]["options"]
    assert address["zipCode"] == {"description": "The same as C(zip_code).", "type": address["zip_code"]["type"]}


@pytest.mark.parametrize(
    "value",
    [
        "short",
        "two words",
        "a colon: here",
        "a # comment",
        "'quoted' and \"quoted\"",
        r"a \1 and: a \2",
        "[brackets] first",
        "word " * 60 + "end",
        "colon: " * 60 + "end",
        ["a", "b c", None, 1, True],
        {},
        {"nested": {"deep": ["x"]}},
        "",
        "yes",
        "12",
    ],
)
def test_yaml_is_read_as_it_was(value):
    data = {
        "option": {"description": [value] if isinstance(value, str) and value else ["x"], "default": value, "returned": value}
    }
    lines = emit(data, 2)
    assert yaml.safe_load("\n".join(lines)) == data
    assert max(map(len, lines)) <= WIDTH


def test_an_anchor_stands_for_its_value():
    data = {"one": Anchored("name", {"path": {"type": "str"}}), "two": Alias("name")}
    assert yaml.safe_load("\n".join(emit(data, 0))) == {"one": {"path": {"type": "str"}}, "two": {"path": {"type": "str"}}}


def texts(value):
    """Yield every text inside a parsed document."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


def documents():
    """Yield the documentation of each module, filter, inventory plugin and role, as `ansible-doc` and the HTML pages show it."""
    for path in sorted(path for kind in ("modules", "filter", "inventory") for path in ROOT.glob("plugins/%s/*.py" % kind)):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and node.targets[0].id in ("DOCUMENTATION", "RETURN"):
                yield path.name, yaml.safe_load(node.value.value)
    for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml")):
        yield str(path.relative_to(ROOT)), yaml.safe_load(path.read_text("utf-8"))


def test_groups_of_patterns_are_written_with_one_backslash():
    r"""A reader copies what the documentation shows: ``\1``, and not ``\\1``."""
    shown = [(name, text) for name, document in documents() for text in texts(document) if re.search(r"\\\d", text)]
    assert shown
    assert [name for name, text in shown if re.search(r"\\\\\d", text)] == []
