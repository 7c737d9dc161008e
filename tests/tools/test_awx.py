# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the setup of AWX creates, against AWX's rules: credential types, surveys, schedule. Playbooks run in tests/awx."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from standins import awx_rules
from tools import awx_objects

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "docs/examples/awx-project"
SETUP = awx_objects.read()
TYPES = {one["name"]: one for one in SETUP["credential_types"]}
FIELDS = [{"id": "url", "label": "URL"}, {"id": "key", "label": "Key", "secret": True}]


@pytest.mark.parametrize("name", TYPES)
def test_credential_types(name):
    assert awx_rules.credential_type({**TYPES[name], "kind": "cloud"}) == []
    secret = {field["id"] for field in TYPES[name]["inputs"]["fields"] if field.get("secret")}
    assert secret == {field["id"] for field in TYPES[name]["inputs"]["fields"]} & {"password", "token", "secret_id"}


@pytest.mark.parametrize("name", TYPES)
def test_variables_of_a_credential(name, tmp_path):
    """A text that is not set arrives as the empty string, and certificates are verified unless the credential says otherwise."""

    def write(text):
        (tmp_path / "file").write_text(text)
        return "/runner/env/file"

    plain, _shown = awx_rules.injected(TYPES[name], {}, write)
    verify = {name: value for name, value in plain.items() if value}
    assert verify == ({"VAULT_SKIP_VERIFY": "False"} if "VAULT_ADDR" in plain else {"GRAFANA_VALIDATE_CERTS": "True"})
    inputs = {field["id"]: "x" for field in TYPES[name]["inputs"]["fields"] if field["type"] == "string"}
    given, hidden = awx_rules.injected(TYPES[name], {**inputs, "insecure": True}, write)
    assert "" not in given.values()
    assert given.get("GRAFANA_CA_PATH", given.get("VAULT_CACERT")) == "/runner/env/file"
    assert (given.get("GRAFANA_VALIDATE_CERTS"), given.get("VAULT_SKIP_VERIFY")) in (("False", None), (None, "True"))
    assert {name for name, value in hidden.items() if value == "**********"} == {
        name for name in given if re.search("PASSWORD|TOKEN|SECRET_ID", name)
    }


def test_variables_that_modules_read():
    """Every variable that a credential type sets is one that the modules read."""
    sources = [*(ROOT / "plugins/module_utils/_grafana").glob("*.py"), *(ROOT / "plugins/module_utils/_sinks").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    for kind in TYPES.values():
        for name in kind["injectors"]["env"]:
            assert '"%s"' % name in text, name


@pytest.mark.parametrize("name", SETUP["surveys"])
def test_surveys(name):
    spec = SETUP["surveys"][name]
    assert awx_rules.survey({"name": name, "description": "", "spec": spec}) == []
    # Each default is an answer that AWX accepts: none is left out of the variables of a job.
    assert set(awx_rules.defaults(spec)) == {one["variable"] for one in spec}


def test_templates_fit_the_project():
    """Each playbook and inventory lies in the example project, and each playbook there has a template."""
    playbooks = {path.name for path in PROJECT.glob("*.yml")}
    assert {one["playbook"] for one in SETUP["job_templates"]} == playbooks
    for name in playbooks:
        (play,) = yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))
        short = play["ansible.builtin.import_playbook"].rpartition(".")[2]
        assert play["ansible.builtin.import_playbook"].startswith("orgsmith.grafana.")
        assert (ROOT / "playbooks" / f"{short}.yml").exists(), short
    for path in re.findall(r"'(inventories/[^']+)'", awx_objects.playbook_text()):
        assert (PROJECT / path).exists(), path


def test_rotation_needs_no_answer():
    """A schedule answers no question, and AWX refuses it if a question is required, also if that has a default."""
    assert [one["variable"] for one in SETUP["surveys"]["rotate"] if one["required"]] == []
    assert awx_rules.rrule(SETUP["rotation_rrule"]) == []


@pytest.mark.parametrize("name", TYPES)
def test_documented_credential_types(name):
    """docs/awx.md shows what AWX's form takes: the inputs and the injectors of each type as YAML."""
    text = (ROOT / "docs/awx.md").read_text(encoding="utf-8")
    section = text.partition("### %s\n" % name)[2].partition("\n#")[0]
    shown = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)]
    assert shown == [TYPES[name]["inputs"], TYPES[name]["injectors"]]


@pytest.mark.parametrize(
    ("inputs", "injectors"),
    [
        ({"fields": [{"id": "url"}]}, {}),
        ({"fields": [*FIELDS, *FIELDS]}, {}),
        ({"fields": [{"id": "tower", "label": "Tower"}]}, {}),
        ({"fields": [{"id": "ok", "label": "OK", "type": "boolean", "secret": True}]}, {}),
        ({"fields": [{"id": "ok", "label": "OK", "type": "boolean", "default": "no"}]}, {}),
        ({"fields": FIELDS}, {"env": {"URL": "{{ address }}"}}),
        ({"fields": FIELDS}, {"env": {"ANSIBLE_CONFIG": "{{ url }}"}}),
        ({"fields": FIELDS}, {"env": {"PATH": "{{ url }}"}}),
        ({"fields": FIELDS}, {"env": {"FILE": "{{ tower.filename }}"}}),
        ({"fields": FIELDS}, {"file": {"template": "{{ key }}", "template.ca": "{{ url }}"}}),
        ({"fields": FIELDS}, {"env": {"URL": "{{ url"}}),
    ],
)
def test_refused_credential_types(inputs, injectors):
    assert awx_rules.credential_type({"kind": "cloud", "inputs": inputs, "injectors": injectors}) != []


@pytest.mark.parametrize(
    "question",
    [
        {"type": "text", "required": "yes"},
        {"type": "list"},
        {"type": "integer", "default": "4"},
        {"type": "multiplechoice", "default": "b", "choices": ["a"]},
        {"type": "multiplechoice", "default": "a\nb", "choices": ["a", "b"]},
        {"type": "multiplechoice"},
        {"type": "text", "min": "1"},
    ],
)
def test_refused_questions(question):
    spec = [{"variable": "x", "question_name": "X", "required": True, **question}]
    assert awx_rules.survey({"name": "", "description": "", "spec": spec}) != []


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T010000Z RRULE:FREQ=DAILY",
        "DTSTART:20260101T010000 RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T010000Z RRULE:FREQ=SECONDLY;INTERVAL=1",
        "DTSTART:20260101T010000Z RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1000",
        "DTSTART:20260101T010000Z RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO",
    ],
)
def test_refused_schedules(rule):
    assert awx_rules.rrule(rule) != []
