# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the documentation: `make docs`, which puts the pages of the plugins beside those of docs/."""

from __future__ import annotations

project = "orgsmith.grafana"
copyright = "orgsmith contributors"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_title = "orgsmith.grafana"
html_show_sphinx = False
highlight_language = "YAML+Jinja"
default_role = "any"
# Pages are read on their own as well, where headings may start lower; and they link to files of the repository.
# The plugins' pages point into Ansible's own documentation, which is not fetched for a build.
# Pygments does not know all of Terraform's language, and shows what it does not know without colours.
suppress_warnings = ["misc.highlighting_failure", "myst.header", "myst.xref_missing", "ref.ref", "toc.empty_glob"]
myst_heading_anchors = 3
# Examples are read in the repository.
exclude_patterns = ["examples"]
