# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds places for keys that end with a container: its own root file system, and the folder of a job of AWX."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field

from .private_files import StoreError

#: The environment variable for the option ``allow_ephemeral``.
ALLOW = "ORGSMITH_ALLOW_EPHEMERAL"

#: Files that Docker and Podman create in each container.
_MARKERS = ("/.dockerenv", "/run/.containerenv")
#: Values of the environment variable ``container`` that engines set. Others (lxc, systemd-nspawn) name machines that stay.
_ENGINES = frozenset(("docker", "podman", "oci", "containerd", "crio", "buildah"))
#: The environment variable that AWX sets in each job: the job's folder on the machine that runs the container.
_AWX = "AWX_PRIVATE_DATA_DIR"
#: Where AWX mounts that folder, with a copy of the project, in the container. It deletes the folder after the job.
_AWX_MOUNT = "/runner"
#: Names in the control groups (version 1) of the first process of a container.
_CGROUP = re.compile(r"/(?:docker|kubepods(?:\.slice)?|libpod|containerd|crio)/|[-/](?:docker|libpod|crio)-[0-9a-f]{12,}")
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Host:
    """The machine or container that this process runs in: its *root* directory and its environment."""

    root: str = "/"
    environ: t.Mapping[str, str] = field(default_factory=lambda: os.environ)

    def is_container(self) -> bool:
        """Return whether this is a container of an engine such as Docker, Podman or Kubernetes."""
        if self.environ.get(_AWX) or any(os.path.exists(self._at(marker)) for marker in _MARKERS):
            return True
        if self.environ.get("container", "").lower() in _ENGINES or self.environ.get("KUBERNETES_SERVICE_HOST"):
            return True
        return _CGROUP.search(self._read("/proc/1/cgroup")) is not None

    def on_root(self, path: str) -> bool:
        """Return whether *path*, which need not exist, lies on no mount below ``/``; links are resolved.

        The folder of a job of AWX is a mount, but counts as a part of the container. Without a readable mountinfo the method
        compares devices.
        """
        real = os.path.realpath(path)
        job = self.environ.get(_AWX)
        if job and (_is_in(real, _AWX_MOUNT) or _is_in(real, job.rstrip("/"))):
            return True
        mounts = [_unescaped(line.split(" ")[4]) for line in self._read("/proc/self/mountinfo").splitlines() if " - " in line]
        if mounts:
            return not any(mount != "/" and _is_in(real, mount) for mount in mounts)
        while not os.path.exists(real):
            real = os.path.dirname(real)
        return os.stat(real).st_dev == os.stat(self.root).st_dev

    def _at(self, path: str) -> str:
        return os.path.join(self.root, path.lstrip("/"))

    def _read(self, path: str) -> str:
        """Return the text of a file, empty if it cannot be read."""
        try:
            with open(self._at(path), encoding="utf-8", errors="surrogateescape") as stream:
                return stream.read()
        except OSError:
            return ""


def _is_in(path: str, folder: str) -> bool:
    """Return whether *path* is *folder*, or lies in it; both without a slash at the end."""
    return (path + "/").startswith(folder + "/")


def _unescaped(mount: str) -> str:
    """Return a mount point of mountinfo with white space and backslashes, which the kernel writes as octal numbers."""
    return _OCTAL.sub(lambda found: chr(int(found.group(1), 8)), mount)


def ends_here(path: str, allowed: bool | None, host: Host | None = None) -> bool:
    """Return whether the file *path* ends with the container that this process runs in, and that is not allowed.

    *allowed* is the option ``allow_ephemeral``, ``None`` if it is not set.
    """
    host = Host() if host is None else host
    if allowed is None:
        allowed = host.environ.get(ALLOW, "").strip().lower() in ("1", "true", "yes", "on")
    return not allowed and host.is_container() and host.on_root(path)


def refuse_ephemeral(path: str, allowed: bool | None, host: Host | None = None) -> None:
    """Raise :class:`StoreError` (``ephemeral``) if :func:`ends_here`."""
    if ends_here(path, allowed, host):
        raise StoreError(
            "%s lies on the own file system of this container, or in the folder of a job of AWX: the key would be lost with "
            "it, while it still works on the server. Use a path on a volume that is mounted into the container, or a sink on a "
            "server. If the container stays, or the key may get lost, set allow_ephemeral: true (or %s=true)" % (path, ALLOW),
            code="ephemeral",
        )
