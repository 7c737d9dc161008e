# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in encrypted files: the rest of the file stays the same, and nothing is written unencrypted."""

from __future__ import annotations

import os
import stat

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.handover import seal, unseal
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.private_files import StoreError
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._vault.file import VaultFile, vault_secrets

ONE, TWO = VaultSecret(b"first-password"), VaultSecret(b"second-password")
SECRETS = [("default", ONE), ("prod", TWO)]
UNCHANGED = """\
# who knows what
---
zebra: 1          # a comment
api:
  - name: x
    password: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      3132
text: |
  several
    lines

anchor: &a {b: c}
again: *a
"yes": "no"
"""


@pytest.fixture
def encrypted(tmp_path):
    """A function that makes an encrypted file of a text."""

    def make(text, vault_id="default"):
        path = tmp_path / "vault.yml"
        secret = dict(SECRETS)[vault_id]
        path.write_bytes(VaultLib(SECRETS).encrypt(text, secret=secret, vault_id=vault_id))
        file = VaultFile(str(path), SECRETS)
        file.load()
        return file

    return make


def decrypted(file):
    """Return the decrypted text of the file."""
    with open(file.path, "rb") as stream:
        return VaultLib(SECRETS).decrypt(stream.read()).decode()


def test_the_rest_of_the_file_does_not_change(encrypted):
    file = encrypted(UNCHANGED)
    file.set("key", "glsa_1")
    file.set("key_metadata", {"token_id": 7})
    file.save()
    assert decrypted(file) == UNCHANGED + 'key: "glsa_1"\nkey_metadata: {"token_id": 7}\n'
    assert (file.get("key"), file.get("key_metadata")) == ("glsa_1", {"token_id": 7})


@pytest.mark.parametrize("there", ["key: old\n", 'key: "old"  # with a comment\n', "key:\n", "key: |\n  old\n", "key: null\n"])
@pytest.mark.parametrize("after", ["", "last: 1\n", "\n# about the last\nlast: 1\n"])
def test_a_value_is_replaced_in_place(encrypted, there, after):
    file = encrypted(UNCHANGED + there + after)
    file.set("key", "glsa_1")
    file.save()
    assert decrypted(file) == UNCHANGED + 'key: "glsa_1"\n' + after
    file.set("key", None)
    file.save()
    assert decrypted(file) == UNCHANGED + after


def test_without_a_newline_at_the_end(encrypted):
    file = encrypted("a: 1")
    file.set("key", "glsa_1")
    assert file.edited() == 'a: 1\nkey: "glsa_1"\n'


def test_a_new_file(tmp_path):
    file = VaultFile(str(tmp_path / "new.yml"), SECRETS, "prod")
    file.load()
    file.check()
    file.set("key", "glsa_1")
    file.save()
    with open(file.path) as stream:
        assert stream.readline() == "$ANSIBLE_VAULT;1.2;AES256;prod\n"
    assert decrypted(file) == '---\nkey: "glsa_1"\n'
    assert stat.S_IMODE(os.stat(file.path).st_mode) == 0o600
    file.set("key", None)
    file.save()
    file.set("other", "x")
    assert file.edited() == '---\nother: "x"\n'


def test_encrypted_again_with_the_secret_that_decrypts_it(encrypted):
    file = encrypted("a: 1\n", "prod")
    file.set("key", "glsa_1")
    file.save()
    with open(file.path, "rb") as stream:
        raw = stream.read()
    assert raw.startswith(b"$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert b"glsa_1" not in raw


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: 1\n", "is not encrypted"),
        (VaultLib([("x", VaultSecret(b"else"))]).encrypt("a: 1", secret=VaultSecret(b"else")), "cannot be decrypted"),
        (VaultLib(SECRETS).encrypt("- a\n", secret=ONE), "has to contain variables"),
        (VaultLib(SECRETS).encrypt("{a: 1}", secret=ONE), "has to contain variables"),
        (VaultLib(SECRETS).encrypt("a: [1\nsecret-of-the-file", secret=ONE), "is not valid YAML: error in line"),
    ],
    ids=["plain", "another password", "a list", "in braces", "invalid YAML"],
)
def test_files_that_cannot_be_used(tmp_path, content, words):
    path = tmp_path / "vault.yml"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=words) as caught:
        VaultFile(str(path), SECRETS).load()
    assert "secret-of-the-file" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_value_that_other_values_refer_to(encrypted):
    file = encrypted("key: &k old\nother: *k\n")
    file.set("key", "glsa_1")
    with pytest.raises(StoreError, match=r"is not valid YAML|without changing other values"):
        file.save()


def test_many_changes(encrypted):
    file = encrypted("".join(f"key_{number}: old  # {number}\nother_{number}: {number}\n" for number in range(50)))
    for number in range(60):
        file.set(f"key_{number}", f"new-{number}")
    file.set("key_7", None)
    file.save()
    found = decrypted(file)
    assert file.get("key_59") == "new-59"
    assert file.get("key_7") is None
    others = [line for line in found.splitlines() if line.startswith("other")]
    assert others == [f"other_{number}: {number}" for number in range(50)]
    assert found.count("new-") == 59


def test_without_changes_the_file_is_not_written(encrypted):
    file = encrypted('key: "x"\n')
    with open(file.path, "rb") as stream:
        raw = stream.read()
    file.set("key", "x")
    file.set("none", None)
    file.save()
    with open(file.path, "rb") as stream:
        assert stream.read() == raw


def test_secrets(tmp_path):
    loader = DataLoader()
    with pytest.raises(StoreError, match="no vault secret is known"):
        vault_secrets(loader, None, None)
    loader.set_vault_secrets(SECRETS)
    assert [name for name, _secret in vault_secrets(loader, None, None)] == ["default", "prod"]
    (tmp_path / "pw").write_text("from-a-file\n")
    found = vault_secrets(loader, str(tmp_path / "pw"), "mine")
    assert [(name, secret.bytes) for name, secret in found] == [("mine", b"from-a-file")]
    with pytest.raises(StoreError, match="cannot be used"):
        vault_secrets(loader, str(tmp_path / "none"), None)


def test_unknown_vault_id(tmp_path):
    with pytest.raises(StoreError, match="has the id else"):
        VaultFile(str(tmp_path / "new.yml"), SECRETS, "else").check()


@pytest.mark.parametrize("key", ["glsa_" + "k" * 41, "", "ключ", "x" * 1000])
def test_seal_and_unseal(key):
    sealed = seal(key, "pad", "a.yml#b")
    assert unseal(sealed, "pad", "a.yml#b") == key
    assert not key or key not in sealed
    assert not key or seal(key, "pad", "a.yml#c") != sealed
    assert not key or seal(key, "other", "a.yml#b") != sealed


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]), "repeat values"),
        ("a: &a [*a]", "alias is inside the value that it refers to"),
        ("a: " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
    ids=["aliases", "circle", "depth"],
)
def test_yaml_that_stands_for_very_much(tmp_path, content, words):
    path = tmp_path / "vault.yml"
    path.write_bytes(VaultLib(SECRETS).encrypt(content, secret=ONE))
    path.chmod(0o600)
    with pytest.raises(StoreError, match=words):
        VaultFile(str(path), SECRETS, allow_ephemeral=True).load()


def test_a_number_that_python_refuses(tmp_path):
    path = tmp_path / "vault.yml"
    path.write_bytes(VaultLib(SECRETS).encrypt("big: " + "9" * 5000, secret=ONE))
    path.chmod(0o600)
    file = VaultFile(str(path), SECRETS, allow_ephemeral=True)
    file.load()
    file.set("new", "a")
    file.save()
    assert file.get("new") == "a"
