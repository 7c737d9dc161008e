# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays recorded requests against a server and says where its answers differ from the recorded ones.

A recording is a list of steps, each a request and the ``answer`` of a real server. In an answer ``<int>``,
``<num>``, ``<str>`` and ``<any>`` stand for a value of that type, ``<long text>`` for a page of text,
``<ignored>`` for a body that is no part of the record, and ``{{NAME}}`` for a value that an earlier answer gave.
Everything else has to be equal: no key missing, none added, no number for a text.

Servers give the entries of some lists in no fixed order. Where an answer has ``unordered``, that is the list to compare, as a
set; lists of permissions and of quotas are compared as sets wherever they are, and so are ``actions``.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

JSON = "application/json"
#: A page of text is longer than this, in characters.
LONG = 200
#: The client that the recordings were made with; the server writes its name down as the one who changed an object.
CLIENT = "python-requests/2.34.0"

_VALUE = re.compile(r"\{\{(\w+)(\|url)?\}\}")


class Missing(LookupError):
    """A step needs a value that no earlier answer gave."""


@dataclass(frozen=True)
class Answer:
    """What a server answered: *body* is parsed where the media type *type* is JSON, ``None`` where it is empty."""

    status: int
    type: str
    body: Any


@dataclass
class Difference:
    """Where an answer is not the recorded one; *where* is a path as ``body.meta.version``."""

    step: int
    request: str
    where: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"step {self.step} {self.request}: {self.where}: recorded {self.expected!r:.300}, answered {self.found!r:.300}"


def new_run() -> str:
    """Return eight random hexadecimal digits; letters are left out, which a search of a scenario might find."""
    return "".join(secrets.choice("0123456789") for _number in range(8))


@dataclass
class Values:
    """The values that stand behind ``{{NAME}}``: those that answers gave, and the random ``run``."""

    known: dict[str, Any] = field(default_factory=lambda: {"run": new_run()})

    def fill(self, template: Any) -> Any:
        """Return *template*, a text or JSON, with its values; a text that is one value only keeps that value's type."""
        if isinstance(template, dict):
            return {self.fill(key): self.fill(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self.fill(value) for value in template]
        if not isinstance(template, str):
            return template
        alone = _VALUE.fullmatch(template)
        if alone and not alone[2]:
            return self._value(alone[1])
        return _VALUE.sub(self._text, template)

    def save(self, wanted: dict[str, str], body: Any) -> None:
        """Keep the values of *wanted* (name to path) that *body* has.

        A path is ``a.b.c``; in a list, a part is a number, or ``key=value`` for the first item that has this value.
        """
        for name, path in wanted.items():
            value = body
            for part in str(path).split("."):
                value = _member(value, part)
            if value is not None:
                self.known[name] = value

    def _value(self, name: str) -> Any:
        if name not in self.known:
            raise Missing(name)
        return self.known[name]

    def _text(self, found: re.Match[str]) -> str:
        value = self._value(found[1])
        text = value if isinstance(value, str) else json.dumps(value)
        return quote(text, safe="") if found[2] else text


def _member(value: Any, part: str) -> Any:
    """Return what one part of a path leads to, ``None`` for nothing."""
    if isinstance(value, dict):
        return value.get(part)
    if not isinstance(value, list):
        return None
    if part.isdigit():
        return value[int(part)] if int(part) < len(value) else None
    key, _sign, wanted = part.partition("=")
    return next((item for item in value if isinstance(item, dict) and str(item.get(key)) == wanted), None)


class Connection:
    """Sends the requests of one scenario over one connection, with the session cookie that ``POST /login`` gave."""

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.hostname is None:
            raise ValueError(f"no URL of a server: {url!r}")
        self._base = parts.path.rstrip("/")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._http = kind(parts.hostname, parts.port, timeout=timeout)
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def send(self, step: dict[str, Any], values: Values) -> Answer:
        """Make the request of *step*. Raises :class:`Missing` where it needs a value that nobody gave."""
        method, _space, path = step["request"].partition(" ")
        headers = {"Accept": JSON, "User-Agent": CLIENT, **values.fill(step.get("headers", {}))}
        body = None
        if "json" in step or "data" in step:
            text = json.dumps(values.fill(step["json"])) if "json" in step else values.fill(step["data"])
            body = text.encode()
            headers.setdefault("Content-Type", JSON)
        if "org" in step:
            headers["X-Grafana-Org-Id"] = str(values.fill(step["org"]))
        who = values.fill(step.get("as", "admin"))
        headers.update(self._identity(who))
        self._http.request(method, self._base + values.fill(path), body, headers)
        reply = self._http.getresponse()
        raw = reply.read()
        if who == "session":
            self._keep_cookies(reply)
        return _parsed(reply.status, reply.getheader("Content-Type", ""), raw)

    def advance(self, seconds: float) -> None:
        """Move the emulator's clock."""
        self._http.request("POST", "/__emulator__/clock", json.dumps({"advance": seconds}), {"Content-Type": JSON})
        reply = self._http.getresponse()
        text = reply.read().decode(errors="replace")
        if reply.status != 200:
            raise RuntimeError(f"the clock of the server cannot be moved: {reply.status} {text}")

    def _identity(self, who: str) -> dict[str, str]:
        kind, _space, secret = who.partition(" ")
        if kind == "admin":
            kind, secret = "basic", "admin:admin"
        if kind == "basic":
            return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
        if kind == "bearer":
            return {"Authorization": f"Bearer {secret}"}
        if kind == "session" and self._cookies:
            return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if kind in ("none", "session"):
            return {}
        raise ValueError(f"no such identity: {who!r}")

    def _keep_cookies(self, reply: http.client.HTTPResponse) -> None:
        for line in reply.headers.get_all("Set-Cookie") or []:
            first, *attributes = (part.strip() for part in line.split(";"))
            name, _sign, value = first.partition("=")
            gone = any(attribute.lower().replace(" ", "") in ("max-age=0", "max-age=-1") for attribute in attributes)
            if gone or not value:
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = value


def _parsed(status: int, content_type: str, raw: bytes) -> Answer:
    """Return an answer; a body that says it is JSON and is none stays a text."""
    media = content_type.partition(";")[0].strip().lower()
    if not raw:
        return Answer(status, media, None)
    text = raw.decode("utf-8", errors="replace")
    if media == JSON:
        try:
            return Answer(status, media, json.loads(text))
        except ValueError:
            return Answer(status, media, text)
    return Answer(status, media, text)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


#: What a placeholder stands for. A text that is always empty and a number that is always 0 are recorded as such.
PLACEHOLDERS: dict[str, Callable[[Any], bool]] = {
    "<int>": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "<num>": _is_number,
    "<str>": lambda value: isinstance(value, str) and value != "",
    "<any>": lambda value: value is not None,
    "<long text>": lambda value: isinstance(value, str) and len(value) > LONG,
    "<ignored>": lambda value: True,
}


def compare(expected: Any, found: Any, values: Values, where: str = "body") -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, recorded, answered) for everything in which *found* is not *expected*, at any depth."""
    if isinstance(expected, str) and expected in PLACEHOLDERS:
        if not PLACEHOLDERS[expected](found):
            yield where, expected, found
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() | found.keys():
            if key not in expected or key not in found:
                yield f"{where}.{key}", expected.get(key, "no such key"), found.get(key, "no such key")
                continue
            yield from compare(expected[key], found[key], values, f"{where}.{key}")
        return
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield where, f"{len(expected)} items", f"{len(found)} items: {found!r}"
        if len(expected) > 1 and (where.endswith(".actions") or all(map(_in_no_order, expected))):
            yield from compare_sets(expected, found, values, where)
            return
        for number, (one, other) in enumerate(zip(expected, found)):
            yield from compare(one, other, values, f"{where}[{number}]")
        return
    try:
        wanted = values.fill(expected)
    except Missing:
        yield where, expected, found
        return
    if not _same(wanted, found):
        yield where, wanted, found


def _in_no_order(item: Any) -> bool:
    """Tell whether an item of a list is a permission or a quota, which servers list in no fixed order."""
    return isinstance(item, dict) and any(
        keys <= set(item) for keys in ({"permissionName"}, {"roleName", "permission"}, {"target", "limit"})
    )


def compare_sets(expected: list[Any], found: list[Any], values: Values, where: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, recorded, answered) for each item of *expected* that no item of *found* is like."""
    left = dict(enumerate(found))
    # Items that say more are matched first, so that none takes away what another one needs.
    for number, item in sorted(enumerate(expected), key=lambda one: _vague(one[1])):
        places = sorted(left, key=lambda place: place != number)  # most servers keep the order after all
        like = next((place for place in places if next(compare(item, left[place], values), None) is None), None)
        if like is None:
            yield f"{where}[]", item, list(left.values())
        else:
            del left[like]


def _vague(item: Any) -> int:
    """Return how many placeholders an item has."""
    if isinstance(item, dict):
        return sum(map(_vague, item.values()))
    if isinstance(item, list):
        return sum(map(_vague, item))
    return int(isinstance(item, str) and (item in PLACEHOLDERS or "{{" in item))


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal and of one type; 1 and 1.0 are the same JSON number, 1 and true are not."""
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    return type(one) is type(other) and bool(one == other)


def check(number: int, step: dict[str, Any], answer: Answer, values: Values) -> list[Difference]:
    """Return in what *answer* differs from the one that *step* records; keeps the values that it is to save."""
    expected = step["answer"]
    values.save(step.get("save", {}), answer.body)
    unstable = step.get("unstable", [])
    if expected["status"] in unstable and answer.status in unstable:  # the real server answered one as well as the other
        expected = {**expected, "status": answer.status}
    found = [
        (part, expected[part], getattr(answer, part))
        for part in ("status", "type")
        if not _same(expected[part], getattr(answer, part))
    ]
    if "unordered" in expected and isinstance(answer.body, list):
        if len(expected["unordered"]) != len(answer.body):
            found.append(("body", f"{len(expected['unordered'])} items", answer.body))
        found += compare_sets(expected["unordered"], answer.body, values, "body")
    else:
        found += compare(expected["body"], answer.body, values)
    return [Difference(number, step["request"], *one) for one in found]


def check_skipped(number: int, step: dict[str, Any], values: Values) -> list[Difference]:
    """Return a difference where a step was skipped for want of a value that this server did give."""
    needed = re.search(r"needs (\w+),", step["skipped"])
    if needed and needed[1] in values.known:
        return [Difference(number, step["request"], "skipped", step["skipped"], values.known[needed[1]])]
    return []


def replay(
    url: str, steps: list[dict[str, Any]], values: Values | None = None, wait: Callable[[float], None] | None = None
) -> list[Difference]:
    """Replay *steps* against the server at *url* and return all differences.

    *values* carries what was saved from one recording to the next, as over an upgrade. A step's ``wait`` moves the
    clock of the emulator, or calls *wait* with the seconds. A step whose request needs a value that the server did not
    give is a difference too.
    """
    values = Values() if values is None else values
    connection = Connection(url)
    differences = []
    try:
        for number, step in enumerate(steps):
            if "skipped" in step:
                differences += check_skipped(number, step, values)
                continue
            if step.get("wait"):
                (wait or connection.advance)(step["wait"])
            try:
                answer = connection.send(step, values)
            except Missing as missing:
                differences.append(Difference(number, step["request"], f"value {missing}", "given", "never given"))
                continue
            differences += check(number, step, answer, values)
    finally:
        connection.close()
    return differences


def read(path: Path) -> list[dict[str, Any]]:
    """Return the steps of a recording."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
