# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The template of the migration report's page, and its script. Without script, all content is still accessible."""

from __future__ import annotations

#: Unfolds the target of a link, searches organizations by text, and unfolds everything for printing.
SCRIPT = r"""
(() => {
  const all = [...document.querySelectorAll("details")];
  const orgs = [...document.querySelectorAll("details.org")];
  const showTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", showTarget);
  showTarget();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all.filter((one) => !one.open);
    folded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((one) => { one.open = false; }));
  const tools = document.getElementById("tools");
  if (!tools) return;
  tools.hidden = false;
  const find = document.getElementById("find");
  const seen = document.getElementById("seen");
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    const hits = orgs.filter((org) => {
      org.classList.toggle("off", !org.textContent.toLowerCase().includes(wanted));
      return !org.classList.contains("off");
    });
    seen.textContent = wanted ? hits.length + " of " + orgs.length : "";
  });
  document.getElementById("unfold").addEventListener("click", () => orgs.forEach((org) => { org.open = true; }));
  document.getElementById("fold").addEventListener("click", () => orgs.forEach((org) => { org.open = false; }));
})();
"""

PAGE = r"""
{% macro time(value) %}
{% set at = when(value) %}
{% if at.iso %}
<time datetime="{{ at.iso }}">{{ at.day }}</time> <small>{{ at.far }}</small>
{%- else %}
{{ at.day }}
{%- endif %}
{% endmacro %}
{% macro place(one) %}
<a href="#{{ one.anchor }}"><bdi>{{ one.organization | name }}</bdi></a>
{%- if one.names %}: <bdi>{{ names_of(one) }}</bdi>{% endif %}
{% endmacro %}
{% macro successor(key) %}
{% if key.service_account %}
<bdi class="thing">{{ key.service_account.name | name }}</bdi>
{%- set role = key.role_after or key.service_account.role %}
{%- if role %} <small>{% if key.role and role != key.role %}<b>{{ key.role | name }} → {{ role | name }}</b>
{%- else %}{{ role | name }}{% endif %}</small>{% endif %}
{%- if key.service_account.disabled %} <span class="mark bad">disabled</span>{% endif %}
{% endif %}
{% if key.token %}
<div class="note">token <bdi>{{ key.token.name | name }}</bdi>
{%- if key.token.created %}, created {{ time(key.token.created) }}{% endif %}
{%- if key.token.expires and key.token.expires != key.expires %}, expires {{ time(key.token.expires) }}{% endif %}</div>
{% if key.token.dest %}
<div class="note">key stored in <code><bdi>{{ key.token.dest | name }}</bdi></code></div>
{% endif %}
{% endif %}
{% if not key.service_account and not key.token %}<span class="none">—</span>{% endif %}
{% endmacro %}
{% macro keys_of(org) %}
<table class="keys">
<caption>{{ counted(org.keys | length, "API key") }} of <bdi>{{ org.label | name }}</bdi></caption>
<thead><tr>{% for head in key_heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for key in org.keys %}
<tr{% if key.outcome == "failed" %} class="failed"{% endif %}>
<th scope="row"><bdi class="thing">{{ key.name | name }}</bdi>
{% if key.id is not none %} <small>id {{ key.id }}</small>{% endif %}
{% if key.created %}<div class="note">created {{ time(key.created) }}</div>{% endif %}</th>
<td>{{ (key.role or "—") | name }}</td>
<td>{% if key.expires %}{{ time(key.expires) }}{% else %}never{% endif %}
{% if key.expired %} <span class="mark left">expired</span>{% endif %}</td>
<td>{% if key.last_used %}{{ time(key.last_used) }}{% else %}<span class="none">{{ unused }}</span>{% endif %}</td>
<td><span class="mark {{ kind(key) }}">{{ label(key) | name }}</span>
{%- if key.left %} <small>{{ "would still exist" if report.planned else "still exists" }}</small>
{%- elif key.outcome == "reissued" and key.deleted %} <small>old key deleted</small>{% endif %}
{% if key.failure %}
<div class="note"><code>{{ key.failure.code | name }}</code> <bdi>{{ key.failure.message | words }}</bdi></div>
{% endif %}
{% if key.reason %}<div class="note"><bdi>{{ key.reason | words }}</bdi></div>{% endif %}</td>
<td>{{ successor(key) }}</td>
</tr>
{% endfor %}
</tbody></table>
{% endmacro %}
{% macro accounts_of(org) %}
<table class="accounts">
<caption>{{ counted(org.service_accounts | length, "service account") }} created by the server</caption>
<thead><tr>{% for head in account_heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for account in org.service_accounts %}
<tr><th scope="row"><bdi class="thing">{{ account.name | name }}</bdi>
{% if account.id is not none %} <small>id {{ account.id }}</small>{% endif %}</th>
<td>{{ (account.role or "—") | name }}</td>
<td>{{ "—" if account.tokens is none else account.tokens }}</td>
<td>{% if account.disabled %}<span class="mark bad">disabled</span> {% endif %}
{% if becomes(account) %}becomes <bdi class="thing">{{ becomes(account) }}</bdi>
{%- elif account.adopted %}adopted{% else %}<span class="none">not adopted</span>{% endif %}
{% if account.failure %}
<div class="note"><code>{{ account.failure.code | name }}</code> <bdi>{{ account.failure.message | words }}</bdi></div>
{% endif %}</td></tr>
{% endfor %}
</tbody></table>
{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{ report.title | name }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1><bdi>{{ report.title | name }}</bdi></h1>
<p class="headline {{ state }}">{{ headline }}</p>
<dl class="facts">
{% for word, value in facts %}
<div><dt>{{ word }}</dt><dd><bdi>{{ value | words }}</bdi></dd></div>
{% endfor %}
</dl>
</header>
<main>
<section aria-labelledby="sums">
<h2 id="sums">Summary</h2>
<dl class="sums">
{% for word, number, kind in sums %}
<div class="{{ kind if number else "zero" }}"><dt>{{ word }}</dt><dd>{{ "{:,}".format(number) }}</dd></div>
{% endfor %}
</dl>
</section>
{% if findings %}
<section aria-labelledby="decisions">
<h2 id="decisions">What needs a decision</h2>
<ul class="findings">
{% for finding in findings %}
<li><span class="mark {{ {"act": "bad", "decide": "left", "know": "plain"}[finding.level] }}">
{{- {"act": "Act", "decide": "Decide", "know": "Note"}[finding.level] }}</span>
<div><p class="what"><bdi>{{ finding.what | words }}</bdi></p>
<p>{{ finding.advice }}</p>
{% if finding.places | length > 3 %}
<details><summary>In {{ counted(finding.places | length, "organization") }}</summary>
<ul class="places">
{% for one in finding.places[:places] %}
<li>{{ place(one) }}</li>
{% endfor %}
{% if finding.places | length > places %}
<li class="none">and {{ finding.places | length - places }} more</li>
{% endif %}
</ul></details>
{% elif finding.places %}
<ul class="places">
{% for one in finding.places %}
<li>{{ place(one) }}</li>
{% endfor %}
</ul>
{% endif %}
</div></li>
{% endfor %}
</ul>
</section>
{% endif %}
{% if report.verified %}
<section aria-labelledby="tested">
<h2 id="tested">Tested keys</h2>
<table class="tested">
<caption>Results of the tested keys</caption>
<thead><tr><th scope="col">Key from</th><th scope="col">Works</th><th scope="col">Organization</th>
<th scope="col">Belongs to</th><th scope="col">Role</th><th scope="col">Result</th></tr></thead>
<tbody>
{% for proof in report.verified %}
<tr{% if not proof.fine %} class="failed"{% endif %}><th scope="row"><code><bdi>{{ proof.source | name }}</bdi></code></th>
<td><span class="mark {{ "good" if proof.works else "bad" }}">{{ "works" if proof.works else "does not work" }}</span>
{% if proof.worked_before is not none and proof.worked_before != proof.works %}
<div class="note">{{ "worked before the run" if proof.worked_before else "did not work before the run" }}</div>
{% endif %}</td>
<td>{% if proof.org_name %}<bdi>{{ proof.org_name | name }}</bdi>{% else %}<span class="none">—</span>{% endif %}</td>
<td>{% if proof.service_account %}<bdi class="thing">{{ proof.service_account | name }}</bdi>
{%- elif proof.api_key %}<span class="none">API key</span> <bdi>{{ proof.api_key | name }}</bdi>
{%- else %}<span class="none">—</span>{% endif %}</td>
<td>{{ (proof.role or "—") | name }}</td>
<td>{% if proof.fine %}as expected
{% else %}<bdi>{{ (proof.message or proof.reason or "no reason was given") | words }}</bdi>
{% endif %}</td>
</tr>
{% endfor %}
</tbody></table>
</section>
{% endif %}
{% if orgs %}
<section aria-labelledby="organizations">
<h2 id="organizations">Organizations</h2>
{% if orgs | length > few %}
<div class="bar">
{% if ranks | length > 1 %}
<fieldset><legend>Show</legend>
<label><input type="radio" name="show" id="show-all" checked> All <small>{{ orgs | length }}</small></label>
{% for rank, word, number in ranks %}
<label><input type="radio" name="show" id="show-{{ rank }}"> {{ word }} <small>{{ number }}</small></label>
{% endfor %}
</fieldset>
{% endif %}
<div id="tools" hidden>
<label for="find">Find</label> <input type="search" id="find" autocomplete="off"> <small id="seen" role="status"></small>
<button type="button" id="unfold">Unfold all</button> <button type="button" id="fold">Fold all</button>
</div>
</div>
<details class="contents"><summary>Contents: {{ counted(orgs | length, "organization") }}</summary>
<ol>
{% for org in orgs %}
<li class="r{{ org.rank }}"><a href="#{{ org.anchor }}"><bdi>{{ org.label | name }}</bdi></a></li>
{% endfor %}
</ol></details>
{% endif %}
{% for org in orgs %}
{% set open = org.rank < 3 or orgs | length <= few %}
<details class="org r{{ org.rank }}{{ " brief" if org.keys | length <= brief }}" id="{{ org.anchor }}"{{ " open" if open }}>
<summary><h3><bdi>{{ org.label | name }}</bdi></h3> <span class="short">{{ org_words(org) | words }}</span></summary>
{% if org.failure %}
<p class="failure"><code>{{ org.failure.code | name }}</code> <bdi>{{ org.failure.message | words }}</bdi></p>
{% endif %}
{% if org.keys %}
{{ keys_of(org) }}
{% endif %}
{% if org.service_accounts %}
{{ accounts_of(org) }}
{% endif %}
</details>
{% endfor %}
</section>
{% endif %}
{% if empty %}
<section aria-labelledby="empty">
<h2 id="empty">Organizations without API keys</h2>
<ul class="places">
{% for org in empty %}
<li id="{{ org.anchor }}"><bdi>{{ org.label | name }}</bdi></li>
{% endfor %}
</ul>
</section>
{% endif %}
</main>
<footer>
<p>{{ age }}</p>
<p>This report never contains the keys themselves.</p>
</footer>
<script>{{ script }}</script>
</body>
</html>
"""
