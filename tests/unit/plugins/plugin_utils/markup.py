# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML pages as trees."""

from __future__ import annotations

import html5lib


def page(text):
    """Parse a page to a tree, with a parser that raises on every error of the HTML standard."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def words(element):
    """Return the text of an element in one line."""
    return " ".join("".join(element.itertext()).split())
