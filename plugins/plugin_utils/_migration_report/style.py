# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style sheet of the migration report's page: light, dark, for paper, and for narrow screens."""

from __future__ import annotations

STYLE = r"""
:root {
  color-scheme: light dark;
  --page: #fff; --raised: #f6f7f9; --line: #dfe3e8; --text: #1b2430; --soft: #566273; --link: #0b57c2;
  --bad: #a3161f; --bad-back: #fdecec; --left: #7a4b00; --left-back: #fdf3dc; --good: #14603a; --good-back: #e6f5ec;
  --plain: #3c4858; --plain-back: #eceff3;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --raised: #1a2028; --line: #2e3742; --text: #e4e9ef; --soft: #a0acba; --link: #82b4ff;
    --bad: #ff9c9c; --bad-back: #401c20; --left: #f2c66d; --left-back: #3a2e12; --good: #85d9a8; --good-back: #14342a;
    --plain: #c3ccd7; --plain-back: #2a323d;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 84rem; padding: 2rem clamp(1rem, 3vw, 2.5rem); background: var(--page); color: var(--text);
  font: 0.875rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, p, dl, dd, ul, ol { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1 { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1rem; font-weight: 650; margin: 2rem 0 0.75rem; }
h3 { font-size: 0.9375rem; font-weight: 650; display: inline; }
small, .note, .none { color: var(--soft); }
small { font-size: 0.8125em; }
code { font: 0.8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }

.headline { font-size: 1.0625rem; margin-top: 0.5rem; padding-left: 0.75rem; border-left: 4px solid var(--plain); }
.headline.bad { border-color: var(--bad); }
.headline.left { border-color: var(--left); }
.headline.good { border-color: var(--good); }
.facts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; margin-top: 1rem; }
.facts div { display: flex; gap: 0.5rem; }
.facts dt { color: var(--soft); }

.sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: 1px; background: var(--line);
  border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.sums div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: 0.625rem 0.875rem;
  background: var(--page); }
.sums dd { font-size: 1.5rem; line-height: 1.2; font-weight: 600; font-variant-numeric: tabular-nums; }
.sums dt { color: var(--soft); font-size: 0.8125rem; }
.sums .bad dd { color: var(--bad); }
.sums .left dd { color: var(--left); }
.sums .good dd { color: var(--good); }
.sums .zero dd { color: var(--soft); font-weight: 400; }

.mark { display: inline-block; padding: 0 0.4375rem; border-radius: 4px; font-size: 0.75rem; line-height: 1.25rem;
  font-weight: 600; color: var(--plain); background: var(--plain-back); white-space: nowrap; }
.mark.bad { color: var(--bad); background: var(--bad-back); }
.mark.left { color: var(--left); background: var(--left-back); }
.mark.good { color: var(--good); background: var(--good-back); }

.findings { border: 1px solid var(--line); border-radius: 6px; }
.findings > li { display: grid; grid-template-columns: 5rem 1fr; padding: 0.625rem 0.875rem; }
.findings > li + li { border-top: 1px solid var(--line); }
.findings .mark { justify-self: start; align-self: start; }
.what { font-weight: 600; }
.places { display: flex; flex-wrap: wrap; gap: 0.125rem 1.25rem; }
.findings .places { margin-top: 0.25rem; }
.findings summary { color: var(--soft); cursor: pointer; }

.bar { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: center; margin-bottom: 0.75rem; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
legend { float: left; color: var(--soft); margin-right: 1rem; padding: 0; }
label { white-space: nowrap; }
input, button { font: inherit; color: inherit; accent-color: var(--link); }
input[type="search"], button { background: var(--page); border: 1px solid var(--soft); border-radius: 4px;
  padding: 0.125rem 0.5rem; }
input[type="search"] { width: 14rem; max-width: 100%; }
button { cursor: pointer; }
.contents { margin-bottom: 0.75rem; }
.contents summary { cursor: pointer; color: var(--soft); }
.contents ol { columns: 14rem; column-gap: 1.5rem; margin-top: 0.5rem; }
.contents li { padding-left: 0.875rem; position: relative; }
.contents li::before { content: ""; position: absolute; left: 0; top: 0.4375rem; width: 0.5rem; height: 0.5rem;
  border-radius: 50%; background: var(--good); }
.contents .r0::before { background: var(--bad); }
.contents .r1::before, .contents .r2::before { background: var(--left); }

.org { border: 1px solid var(--line); border-left: 4px solid var(--good); border-radius: 6px; margin-bottom: 0.5rem; }
.org.r0 { border-left-color: var(--bad); }
.org.r1, .org.r2 { border-left-color: var(--left); }
.org > summary { padding: 0.5rem 0.875rem; cursor: pointer; border-radius: 4px; }
.org > summary:hover { background: var(--raised); }
.org > summary .short { color: var(--soft); margin-left: 0.5rem; }
.failure { margin: 0.25rem 0.875rem 0.75rem; padding: 0.5rem 0.75rem; border-radius: 4px; color: var(--bad);
  background: var(--bad-back); }

table { width: 100%; border-collapse: collapse; table-layout: fixed; }
caption { text-align: left; color: var(--soft); font-size: 0.8125rem; padding: 0.375rem 0.875rem; }
.org > table > caption { border-top: 1px solid var(--line); }
.keys > caption, .tested > caption { position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); }
.org .keys { border-top: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: 0.375rem 0.875rem; font-weight: 400; }
thead th { color: var(--soft); font-size: 0.8125rem; background: var(--raised); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
.thing { font-weight: 600; }
.note { font-size: 0.8125rem; margin-top: 0.125rem; }
.failed .note { color: var(--text); }
time, td time + small, th > small { white-space: nowrap; }
.keys td > time + small { display: block; }
.keys th:nth-child(1) { width: 19%; }
.keys th:nth-child(2) { width: 8%; }
.keys th:nth-child(3), .keys th:nth-child(4) { width: 12%; }
.keys th:nth-child(5) { width: 26%; }
.tested { outline: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.tested th:nth-child(1), .tested th:nth-child(6) { width: 22%; }
.tested th:nth-child(2) { width: 16%; }
.tested th:nth-child(5) { width: 9%; }
.accounts th:nth-child(1) { width: 39%; }
.accounts th:nth-child(2), .accounts th:nth-child(3) { width: 12%; }

footer { margin-top: 2.5rem; padding-top: 0.75rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.8125rem; }

@media screen {
  .org.off { display: none; }
  body:has(#show-0:checked) .org:not(.r0), body:has(#show-1:checked) .org:not(.r1),
  body:has(#show-2:checked) .org:not(.r2), body:has(#show-3:checked) .org:not(.r3) { display: none; }
}
@media screen and (max-width: 48rem) {
  body { padding-top: 1.25rem; }
  .facts { display: grid; }
  .facts dt { flex: none; width: 4rem; }
  .sums { grid-template-columns: repeat(3, 1fr); }
  .sums div { padding: 0.5rem 0.625rem; }
  .findings > li { display: block; }
  .org > summary .short { display: block; margin-left: 1rem; }
  table, caption, tbody, tr, th, td { display: block; width: auto !important; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .keys td > time + small { display: inline; }
  tr { padding: 0.5rem 0; }
  tbody tr + tr { border-top: 1px solid var(--line); }
  tbody tr + tr > * { border-top: 0; }
  th, td { padding: 0.0625rem 0.875rem; }
  td { padding-left: 7.5rem; position: relative; min-height: 1.375rem; }
  td::before { position: absolute; left: 0.875rem; color: var(--soft); font-size: 0.8125rem; }
  .keys td:nth-child(2)::before { content: "Role"; }
  .keys td:nth-child(3)::before { content: "Expires"; }
  .keys td:nth-child(4)::before { content: "Last used"; }
  .keys td:nth-child(5)::before { content: "Outcome"; }
  .keys td:nth-child(6)::before { content: "Account"; }
  .keys td:nth-child(6):has(> .none) { display: none; }
  .accounts td:nth-child(2)::before { content: "Role"; }
  .accounts td:nth-child(3)::before { content: "Tokens"; }
  .accounts td:nth-child(4)::before { content: "State"; }
  .tested td:nth-child(2)::before { content: "Works"; }
  .tested td:nth-child(3)::before { content: "Organization"; }
  .tested td:nth-child(4)::before { content: "Belongs to"; }
  .tested td:nth-child(5)::before { content: "Role"; }
  .tested td:nth-child(6)::before { content: "Result"; }
}
@media print {
  @page { margin: 14mm 12mm; }
  :root { --page: #fff; --raised: #fff; --line: #bbb; --text: #000; --soft: #444; --link: #000; font-size: 10pt; }
  body { max-width: none; padding: 0; }
  h2, h3, summary, caption, thead { break-after: avoid; }
  h2 { margin-top: 1.25rem; }
  .bar, .contents { display: none; }
  a { text-decoration: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .org > summary { padding: 0.375rem 0.5rem; }
  summary { list-style: none; }
  summary::-webkit-details-marker { display: none; }
  thead { display: table-header-group; }
  thead th { border-bottom: 1px solid #888; }
  tr, .findings > li, .sums, .failure, .org.brief { break-inside: avoid; }
  th, td { padding: 0.25rem 0.5rem; }
  .sums { grid-template-columns: repeat(5, 1fr); }
  .sums div { padding: 0.25rem 0.5rem; }
  .sums dd { font-size: 1.125rem; }
  .findings > li { padding: 0.375rem 0.5rem; }
  .keys th:nth-child(2) { width: 10%; }
  .keys th:nth-child(5) { width: 24%; }
  .mark, .failure { background: none; border: 1px solid; }
}
"""
