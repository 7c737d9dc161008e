# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's payload in a process that has imported what is in it already; see ../shortcuts.py.

ansible-playbook pipes the payload, a Python script with a zip file, into a new interpreter, which spends half a second on
imports. Here a server for each payload imports what the zip file contains, and forks a process for each run of the script.
The script is the same, and runs as a whole. All processes of a session of tests share the servers, by sockets in the
directory that E2E_SHORTCUTS names.

As a program it is such a server: `modules.py SOCKET ZIP`.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import hashlib
import importlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile

#: The zip file in a payload, in base64: by far the longest text of such letters.
ZIP = re.compile(rb"[A-Za-z0-9+/=]{5000,}")
#: A server without work ends after so many seconds.
IDLE = 120


def commands_of(python):
    """Return the commands by which ansible-playbook pipes a payload into *python*; the second one before 2.19."""
    return f"/bin/sh -c {python}", f"/bin/sh -c '{python} && sleep 0'"


def run(folder, script):
    """Run a payload; return exit code, output and errors, ``None`` for something else than a payload."""
    found = ZIP.search(script)
    if found is None:
        return None
    path = os.path.join(folder, hashlib.sha256(found.group()).hexdigest()[:16])
    with _connected(path, found.group()) as connection, connection.makefile("rwb") as stream:
        job = {"script": script.decode(), "directory": os.getcwd(), "environment": dict(os.environ)}
        stream.write(json.dumps(job).encode() + b"\n")
        stream.flush()
        code, output, errors = json.loads(stream.readline())
    return code, output.encode("utf-8", "surrogateescape"), errors.encode("utf-8", "surrogateescape")


def _connected(path, zipped):
    """Return a connection to the server of a payload, which is started if none runs."""
    for _attempt in range(3):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            _start(path, zipped)
        else:
            return connection
    raise RuntimeError(f"no server of modules at {path}")


def _start(path, zipped):
    """Start a server, unless another process has just done that; return when it listens."""
    import base64

    with open(path + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            return
        with open(path + ".zip", "wb") as stream:
            stream.write(base64.b64decode(zipped))
        others = ("GRAFANA_", "ANSIBLE_", "TMPDIR")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        subprocess.run(
            [sys.executable, __file__, path, path + ".zip"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=True,
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
                connection.connect(path)
                return
            time.sleep(0.02)


def _import_all(path):
    """Import what the zip file contains, but the module itself."""
    sys.path.insert(0, path)
    with zipfile.ZipFile(path) as archive:
        names = [name[:-3].replace("/", ".") for name in archive.namelist() if name.endswith(".py")]
    for name in sorted(name.removesuffix(".__init__") for name in names):
        if "module_utils" in name:
            # Some parts of ansible-core work only on other systems, or only when a module has begun.
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _be(job, output, errors):
    """Become the interpreter that runs the script."""
    import tempfile

    tempfile.tempdir = None  # the directory of this job, not the one that the server used
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    os.chdir(job["directory"])
    os.environ.clear()
    os.environ.update(job["environment"])
    sys.argv = ["-"]
    code = 1
    try:
        exec(compile(job["script"], "<stdin>", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _serve_one(connection):
    """Run one job in a process of its own, in a process that waits for it; answer with its result."""
    import tempfile

    with connection, connection.makefile("rwb") as stream:
        line = stream.readline()
        if not line:
            return
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            pid = os.fork()
            if pid == 0:
                _be(json.loads(line), output.fileno(), errors.fileno())
            _pid, status = os.waitpid(pid, 0)
            texts = []
            for file in (output, errors):
                file.seek(0)
                texts.append(file.read().decode("utf-8", "surrogateescape"))
        stream.write(json.dumps([os.waitstatus_to_exitcode(status), *texts]).encode() + b"\n")
        stream.flush()


def main(path, zipped):
    """Serve until nothing has been asked for IDLE seconds."""
    # Modules watch the ansible processes above them, and the one that starts this server ends before others that use it.
    if os.fork():
        os._exit(0)
    _import_all(zipped)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(64)
        server.settimeout(IDLE)
        while True:
            try:
                connection, _address = server.accept()
            except TimeoutError:
                with contextlib.suppress(FileNotFoundError):  # the tests may have ended
                    os.unlink(path)
                return
            connection.settimeout(None)
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                try:
                    _serve_one(connection)
                finally:
                    os._exit(0)
            connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
