# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular files are read whole, up to a limit, without reserving memory for the limit."""

from __future__ import annotations

import tracemalloc

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.files import read_regular


@pytest.mark.parametrize("size", [0, 1, 9, 10])
def test_a_file_is_read_whole_up_to_the_limit(tmp_path, size):
    file = tmp_path / "a"
    file.write_bytes(b"x" * size)
    assert read_regular(str(file), largest=10) == b"x" * size


def test_a_larger_file_is_refused(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"x" * 11)
    with pytest.raises(OSError, match="larger than 10 bytes"):
        read_regular(str(file), largest=10)


def test_a_file_whose_size_is_unknown_is_read_whole():
    assert read_regular("/proc/self/status").endswith(b"\n")


def test_a_small_file_takes_little_memory(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"x" * 1000)
    tracemalloc.start()
    try:
        read_regular(str(file))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1_000_000
