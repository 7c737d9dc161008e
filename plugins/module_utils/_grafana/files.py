# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read files that a task names. Only regular files are read, and only up to a size: a pipe or a device may never end."""

from __future__ import annotations

import errno
import os
import stat

#: The largest file that is read, in bytes.
LARGEST = 64 * 1024 * 1024


def read_regular(path: str, largest: int = LARGEST) -> bytes:
    """Return the content of the regular file *path*; follows links.

    Raises ``OSError``, also for a file that is not regular, and for one that is larger than *largest* bytes.
    """
    # Without O_NONBLOCK, opening a pipe would wait for a writer.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    try:
        status = os.fstat(handle)
        mode = status.st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a regular file", path)
        with os.fdopen(handle, "rb", closefd=False) as stream:
            # A read reserves as much memory as it asks for. A file may have more than its size says: those in /proc do.
            expected = min(status.st_size, largest) + 1
            content = stream.read(expected)
            if len(content) == expected:
                content += stream.read(largest + 1 - expected)
    finally:
        os.close(handle)
    if len(content) > largest:
        raise OSError(errno.EFBIG, "it is larger than %d bytes" % largest, path)
    return content
