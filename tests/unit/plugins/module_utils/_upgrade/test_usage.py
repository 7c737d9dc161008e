# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding uses of API keys in files, and the methods of their requests."""

from __future__ import annotations

import base64
import os

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade import usage as _key_usage
from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade.usage import Hit, hits_of, scan

KEY = base64.b64encode(b'{"k":"abcdefghijklmnopqrstuvwxyz012345","n":"ci","id":1}').decode()


def of(name, text):
    """Return (line, method, style) of each request in *text*."""
    return [(hit.line, hit.method, hit.style) for hit in hits_of(name, text.splitlines(True)) if hit.kind != "key"]


SHELL = [
    ("curl -X POST $URL/api/auth/keys -d @key.json", "POST"),
    ("curl -XPOST '$URL/api/auth/keys'", "POST"),
    ("curl -sSfX DELETE $URL/api/auth/keys/12", "DELETE"),
    ('curl --request DELETE "$URL/api/auth/keys/$id"', "DELETE"),
    ('curl --request=POST "$URL/api/auth/keys"', "POST"),
    ('curl -s -H "$AUTH" -u $CRED "$URL/api/auth/keys?includeExpired=true" | jq .', "GET"),
    ("curl $URL/api/auth/keys -H 'Content-Type: application/json' -d '{\"name\": \"a|b\"}'", "POST"),
    ("curl $URL/api/auth/keys --data-raw '{}'", "POST"),
    ("curl $URL/api/auth/keys --json '{}' && curl -X DELETE $URL/api/orgs/2", "POST"),
    ("curl -X DELETE $URL/api/orgs/2 && curl $URL/api/auth/keys", "GET"),
    ("curl -X DELETE $URL/api/orgs/2; curl $URL/api/auth/keys", "GET"),
    ("curl -G -d includeExpired=true $URL/api/auth/keys", "GET"),
    ("curl $OPTIONS $URL/api/auth/keys", "unknown"),
    ('curl "${args[@]}" $URL/api/auth/keys', "unknown"),
    ("curl -X $METHOD $URL/api/auth/keys", "unknown"),
    ("curl -X PATCH $URL/api/auth/keys", "unknown"),
    ("wget -qO- $URL/api/auth/keys", "GET"),
    ("wget --method=DELETE $URL/api/auth/keys/3", "DELETE"),
    ("wget --post-data '{}' $URL/api/auth/keys", "POST"),
    ("http POST $URL/api/auth/keys name=ci", "POST"),
    ("ids=$(curl -s $URL/api/auth/keys | jq '.[].id')", "GET"),
    ("curl -s $URL/other | grep api/auth/keys", "unknown"),
    ("curl -X POST ${GRAFANA_API}/auth/keys", "POST"),
    ("# curl -X POST $URL/api/auth/keys", "unknown"),
    ("URL=$URL/api/auth/keys", "unknown"),
]


@pytest.mark.parametrize(("line", "method"), SHELL)
def test_shell(line, method):
    assert [found[1] for found in of("x.sh", line)] == [method]


FILES = {
    "continued lines": (
        "x.sh",
        "curl -s \\\n  -X POST \\\n  $URL/api/auth/keys \\\n  -d '{}'\necho -X DELETE\n",
        [(3, "POST", "curl")],
    ),
    "the option after the address": ("x.sh", "curl \\\n $URL/api/auth/keys \\\n -X DELETE\n", [(2, "DELETE", "curl")]),
    "an address in a variable": (
        "x.sh",
        "KEYS=$URL/api/auth/keys\ncurl -X POST $KEYS -d '{}'\n",
        [(1, "POST", "curl")],
    ),
    "a variable used twice": (
        "x.sh",
        "KEYS=$URL/api/auth/keys\ncurl -X POST $KEYS -d '{}'\ncurl $KEYS\n",
        [(1, "unknown", "")],
    ),
    "requests": ("x.py", 'r = requests.post(f"{url}/api/auth/keys", json=body)\n', [(1, "POST", "python")]),
    "requests over lines": (
        "x.py",
        'r = session.delete(\n    "%s/api/auth/keys/%d" % (url, number),\n    timeout=5,\n)\n',
        [(2, "DELETE", "python")],
    ),
    "another call is closed": (
        "x.py",
        'session.post(url)\npath = "/api/auth/keys"\nother(1)\n',
        [(2, "unknown", "")],
    ),
    "request with the method first": ("x.py", 'requests.request("POST", base + "/api/auth/keys")\n', [(1, "POST", "python")]),
    "request with the method last": (
        "x.py",
        'r = http.request(url="/api/auth/keys", method="DELETE")\n',
        [(1, "DELETE", "python")],
    ),
    "request with the method in a variable": ("x.py", 'r = http.request(verb, "/api/auth/keys")\n', [(1, "unknown", "python")]),
    "urllib": ("x.py", 'Request(url + "/api/auth/keys", data=body)\n', [(1, "POST", "python")]),
    "an address in Python": (
        "x.py",
        'url = base + "/api/auth/keys"\nanswer = requests.get(url, timeout=5)\n',
        [(1, "GET", "python")],
    ),
    "parts of a path": ("x.py", 'requests.get("/".join([base, "api", "auth", "keys"]))\n', [(1, "GET", "python")]),
    "Go": ("x.go", 'req, err := http.NewRequest("POST", url+"/api/auth/keys", body)\n', [(1, "POST", "go")]),
    "Go by constant": (
        "x.go",
        'req, err := http.NewRequestWithContext(ctx, http.MethodDelete,\n\tfmt.Sprintf("%s/api/auth/keys/%d", url, id), nil)\n',
        [(2, "DELETE", "go")],
    ),
    "Go by function": ("x.go", 'resp, err := http.Get(url + "/api/auth/keys")\n', [(1, "GET", "go")]),
    "fetch": ("x.js", "await fetch(`${url}/api/auth/keys`, {\n  method: 'POST',\n  body,\n});\n", [(1, "POST", "javascript")]),
    "fetch reads": ("x.js", "await fetch(`${url}/api/auth/keys`);\n", [(1, "GET", "javascript")]),
    "axios": ("x.ts", "axios.post('/api/auth/keys', body)\n", [(1, "POST", "javascript")]),
    "a client with a default method": (
        "x.ts",
        "const all = await call('/api/auth/keys');\nawait call('/api/auth/keys', {\n  method: 'POST',\n});\n",
        [(1, "unknown", ""), (2, "POST", "javascript")],
    ),
    "a client that adds /api": ("x.py", 'r = api.POST("/auth/keys", json={})\n', [(1, "POST", "python")]),
    "a call inside another": ("x.py", 'requests.post(join(base, "/api/auth/keys"))\n', [(1, "POST", "python")]),
    "an address by format": ("x.py", 'requests.delete("{}/api/auth/keys/{}".format(url, 1))\n', [(1, "DELETE", "python")]),
    "JSON with escaped slashes": ("x.json", '{"path": "\\/api\\/auth\\/keys"}\n', [(1, "unknown", "")]),
    "encoded slashes": ("x.txt", "?next=%2Fapi%2Fauth%2Fkeys\n", [(1, "unknown", "")]),
    "uri": (
        "tasks.yml",
        "- name: Key\n  ansible.builtin.uri:\n    url: '{{ url }}/api/auth/keys'\n    method: POST\n    body: {}\n"
        "- name: Other\n  uri:\n    url: x\n    method: DELETE\n",
        [(3, "POST", "ansible")],
    ),
    "uri reads": (
        "tasks.yml",
        '- name: Other\n  uri:\n    url: x\n    method: DELETE\n- name: Keys\n  uri:\n    url: "{{ url }}/api/auth/keys"\n',
        [(7, "GET", "ansible")],
    ),
    "uri in a block": (
        "tasks.yaml",
        "- block:\n    - name: Keys\n      uri:\n        url: /api/auth/keys/3\n        method: DELETE\n  rescue: []\n",
        [(4, "DELETE", "ansible")],
    ),
    "uri with a template": (
        "tasks.yml",
        "- uri:\n    url: /api/auth/keys\n    method: '{{ how }}'\n",
        [(2, "unknown", "ansible")],
    ),
    "uri in one line": ("tasks.yml", "- uri: url={{ url }}/api/auth/keys method=POST\n", [(1, "POST", "ansible")]),
    "shell in a task": (
        "tasks.yml",
        "- shell: >\n    curl -s\n    -X POST\n    {{ url }}/api/auth/keys\n",
        [(4, "POST", "curl")],
    ),
    "a variable of a play": ("vars.yml", "keys_url: '{{ url }}/api/auth/keys'\n", [(1, "unknown", "")]),
    "a role's variable": ("vars.yml", "grafana_api_keys:\n  - name: ci\n    role: Editor\n", [(1, "POST", "ansible role")]),
    "another role's variable": ("v.yml", "my_grafana_api_keys:\n", [(1, "POST", "ansible role")]),
    "a role's variable without keys": ("vars.yml", "grafana_api_keys: []\n", []),
    "a resource": ("main.tf", 'resource "grafana_api_key" "ci" {\n  name = "ci"\n}\n', [(1, "resource", "terraform")]),
    "a resource as JSON": ("main.tf.json", '{"resource": {"grafana_api_key": {"ci": {}}}}\n', [(1, "resource", "terraform")]),
    "a resource in a comment": ("main.tf", '# resource "grafana_api_key" "ci" {}\n', []),
    "a module": (
        "tasks.yml",
        "- orgsmith.grafana.grafana_api_key:\n    name: ci\n- name: x\n  grafana_api_key:\n    name: ci\n",
        [(1, "resource", "ansible"), (4, "resource", "ansible")],
    ),
    "a module that reads": ("tasks.yml", "- orgsmith.grafana.grafana_api_key_info:\n", [(1, "GET", "ansible")]),
    "a module in a comment": ("tasks.yml", "# - orgsmith.grafana.grafana_api_key:\n", []),
    "an option of the name": ("tasks.yml", "  grafana_api_key: '{{ key }}'\n", []),
    "a resource of Pulumi": ("main.py", 'key = grafana.ApiKey("ci", role="Viewer")\n', [(1, "resource", "pulumi")]),
    "data of Terraform": (
        "main.tf",
        'data "http" "keys" {\n  url = "${var.url}/api/auth/keys"\n}\n',
        [(2, "GET", "terraform")],
    ),
    "data that writes": (
        "main.tf",
        'data "http" "keys" {\n  url = "${var.url}/api/auth/keys"\n  method = "POST"\n}\n',
        [(2, "POST", "terraform")],
    ),
    "a provisioner": (
        "main.tf",
        'provisioner "local-exec" {\n  command = "curl -X DELETE ${var.url}/api/auth/keys/1"\n}\n',
        [(2, "DELETE", "curl")],
    ),
    "PowerShell": ("x.ps1", 'Invoke-RestMethod -Method Post `\n  -Uri "$url/api/auth/keys"\n', [(2, "POST", "powershell")]),
    "PowerShell reads": ("x.ps1", 'irm "$url/api/auth/keys"\n', [(1, "GET", "powershell")]),
    "a request file": ("x.http", "POST {{url}}/api/auth/keys\n", [(1, "POST", "http")]),
    "another path": ("x.sh", "curl -X POST $URL/api/auth/keys-foo\n", [(1, "unknown", "another path")]),
    "a page": ("x.md", "Ask `POST /api/auth/keys` for a key.\n", [(1, "unknown", "")]),
    "a comment": ("x.py", "requests.post(other)  # not /api/auth/keys\n", [(1, "unknown", "comment")]),
    "another server's path": ("x.sh", "curl https://vault/v1/auth/keys\n", []),
    "no comment": ("x.py", 'requests.post("#/a # b/api/auth/keys")\n', [(1, "POST", "python")]),
    "none": ("x.sh", "curl $URL/api/auth/keyring $URL/auth/keys $URL/api/keys $URL/xapi-auth/keys\n", []),
}


@pytest.mark.parametrize(("name", "text", "expected"), FILES.values(), ids=list(FILES))
def test_by_neighbours(name, text, expected):
    assert of(name, text) == expected


def test_two_requests_in_a_line():
    assert of("x.sh", "curl $A/api/auth/keys; curl -X POST $B/api/auth/keys\n") == [(1, "GET", "curl"), (1, "POST", "curl")]


def test_a_key_in_plain_text():
    twice = base64.b64encode(KEY.encode()).decode()
    text = f"ok\ntoken: {KEY}\nsecret: {twice}\neyJrIjoi too short\n"
    found = hits_of("values.yml", text.splitlines(True))
    assert found == [Hit("values.yml", 2, "key"), Hit("values.yml", 3, "key")]
    assert KEY not in repr(found)


def test_long_lines_are_cut():
    line = "x" * 100_000 + " requests.post('/api/auth/keys') " + "y" * 100_000
    assert of("x.js", line) == [(1, "POST", "javascript")]


@pytest.fixture
def tree(tmp_path):
    """A folder with files of every kind."""
    for folder in (".git", "deploy/sub", "node_modules", "vendor"):
        (tmp_path / folder).mkdir(parents=True)
    line = "curl -X POST $URL/api/auth/keys\n"
    for name in (".git/hook", "deploy/sub/a.sh", "node_modules/b.js", "vendor/c.sh", "d.sh"):
        (tmp_path / name).write_text(line)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0" + line.encode())
    (tmp_path / "sealed.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6231\n")
    (tmp_path / "windows.ps1").write_bytes("irm -Method Post $url/api/auth/keys\n".encode("utf-16"))
    (tmp_path / "latin.sh").write_bytes(b"# \xfcber\n" + line.encode())
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    return tmp_path


def test_a_tree(tree):
    found = scan([str(tree)], exclude=["vendor"])
    where = [(os.path.relpath(hit.path, tree), hit.method) for hit in found.hits]
    assert where == [("d.sh", "POST"), ("latin.sh", "POST"), ("windows.ps1", "POST"), ("deploy/sub/a.sh", "POST")]
    assert found.files == 4
    assert found.skipped == {"binary": 1, "encrypted with ansible-vault": 1, "special": 1}
    assert found.unseen == [(str(tree / "sealed.yml"), "encrypted with ansible-vault")]


@pytest.mark.parametrize("pattern", ["*.sh", "deploy/*", "sub", "deploy/sub", "a.sh"])
def test_excluded(tree, pattern):
    found = scan([str(tree)], exclude=[pattern])
    assert not any(hit.path.endswith("sub/a.sh") for hit in found.hits)


def test_too_large_is_reported(tree, monkeypatch):
    monkeypatch.setattr(_key_usage, "LARGEST", 5)
    found = scan([str(tree / "d.sh")])
    assert (found.hits, found.unseen) == ([], [(str(tree / "d.sh"), "too large")])
    assert scan([str(tree / "picture.png")]).unseen == []


def test_not_readable_is_reported(tree, monkeypatch):
    def refuse(path, *_more, **_options):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("builtins.open", refuse)
    assert scan([str(tree / "d.sh")]).unseen == [(str(tree / "d.sh"), "not readable")]


def test_a_file_named_after_a_key(tree):
    (tree / f"{KEY}.sh").write_text("curl $URL/api/auth/keys\n")
    found = scan([str(tree)])
    assert KEY not in repr(found)
    assert any(hit.path.endswith("***.sh") for hit in found.hits)


def test_a_path_that_does_not_exist(tmp_path):
    with pytest.raises(BadInput, match="nowhere"):
        scan([str(tmp_path / "nowhere")])
