# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Classify a source line that uses the endpoints of API keys, from the line and its neighbours.

The method is UNKNOWN if these do not show it, never a guess: the user then has to read the line.
"""

from __future__ import annotations

import re
import typing as t

GET, POST, DELETE, UNKNOWN = "GET", "POST", "DELETE", "unknown"
#: Code that creates, reads and deletes a key without naming a method, for example a resource of Terraform.
RESOURCE = "resource"
#: How many lines before and after a line are its neighbours.
NEIGHBOURS = 30

# A slash in paths, JSON and URLs, or between the quoted parts of a joined path.
_SLASH = r"""(?:\\?/|%2[Ff]|["']\s*[,+]\s*f?["']/?)"""
_PATH = re.compile(r"(?P<api>(?:(?<![\w.-])|(?<=%2[Ff]))api" + _SLASH + r")?auth" + _SLASH + r"keys(?P<more>[\w-]*)")
#: What the text between the last two slashes before auth/keys contains if /api is in a variable.
_API_BASE = re.compile(r"(?i)grafana|api")
_YAML = (".yml", ".yaml", ".json")
_TASK = r"^\s*(?:-\s+)?(?:local_action\s*:\s*)?"
#: Code that creates or reads keys without naming the path: pattern, suffixes of its files (empty for all files), method, style.
#: The last entry is the variable with which roles of other collections create keys; an empty list creates none. A
#: grafana_api_key with a value on its line is an option of community.grafana, not a module.
_DECLARED: tuple[tuple[re.Pattern[str], tuple[str, ...], str, str], ...] = (
    (re.compile(r"""^\s*resource\s+"?grafana_api_key"?\s"""), (".tf",), RESOURCE, "terraform"),
    (re.compile(r'"grafana_api_key"\s*:'), (".tf.json",), RESOURCE, "terraform"),
    (re.compile(r"\bgrafana\.(?:New)?ApiKey\("), (), RESOURCE, "pulumi"),
    (re.compile(_TASK + r"(?:orgsmith\.grafana\.grafana_api_key\s*:|grafana_api_key\s*:\s*(?:#|$))"), _YAML, RESOURCE, "ansible"),
    (re.compile(_TASK + r"(?:orgsmith\.grafana\.)?grafana_api_key_info\s*:"), _YAML, GET, "ansible"),
    (re.compile(r"""^\s*["']?\w*grafana_api_keys["']?\s*:(?!\s*\[\s*\])"""), _YAML, POST, "ansible role"),
)

_COMMENT = re.compile(r"""\s*(?:#|//|/\*|\*|--\s|<!--|;|"{3}|rem\s)""", re.IGNORECASE)
_COMMENT_BEHIND = re.compile(r"(?:^|\s)(?:#|//)\s")
_COMMAND = re.compile(r"(?<![\w./-])(?:curl|wget)\b(?!\.\w)")
_END_OF_COMMAND = re.compile(r"\s\|\s|&&|\|\|")
_VARIABLE_WORD = re.compile(r"(?<!\S)(?<!-[HuoxeAbcmw] )(?<!--header )(?<!--user )[\"']?\$\{?\w+(?:\[[@*]\])?\}?[\"']?(?!\S)")
_OPTION_X = re.compile(r"""(?<![\w-])(?:-[a-zA-Z]*X|--request|--method)["',\s=]*([A-Za-z]+|[${\\]\S*)""")
_OPTION_DATA = re.compile(r"(?<![\w-])(?:-[a-zA-Z]*d|--data(?:-\w+)?|--json|-F|--form|--post-(?:data|file))(?![\w-])")
_OPTION_GET = re.compile(r"(?<![\w-])(?:-G|--get)(?![\w-])")
_HTTPIE = re.compile(r"(?<![\w./-])https?\s+(?:-\S+\s+){0,30}(GET|POST|DELETE|PUT|PATCH)\s[^\n]*$")
_REQUEST_LINE = re.compile(r"""(?:^|["'`])\s*(GET|POST|DELETE)\s+\S*$""")
_POWERSHELL = re.compile(r"(?i)\b(?:Invoke-RestMethod|Invoke-WebRequest|irm|iwr)\b")
_POWERSHELL_METHOD = re.compile(r"(?i)-Method[\s:]+[\"']?(\$?\w+)")

_VERB_CALL = re.compile(r"(?:\.|::|->|\b)(get|post|put|patch|delete)(?:_json|Async|JSON|Form)?\s*\(", re.IGNORECASE)
_OPEN_CALL = re.compile(r"\b(\w+)\s*\(")
#: Calls that may have the method as a positional argument; for other calls only ``method=`` and the like counts.
_REQUEST_CALL = re.compile(r"(?i)request|^(?:open|exchange|perform|execute)$")
_METHOD_ARGUMENT = re.compile(r"""(?i)\b(?:method|type|verb)["']?\s*[:=]+>?\s*["']?(?:http\.Method)?(\w+)""")
_QUOTED_METHOD = re.compile(r"""(?i)["'`](GET|POST|DELETE|PUT|PATCH)["'`]|\bMethod(Get|Post|Delete|Put|Patch)\b""")
#: Classes and functions of urllib that send a GET, or a POST with "data".
_URLLIB = re.compile(r"Request|url_?open")
_ASSIGNED = re.compile(r"""(?:^|[\s({,])(?:(?:const|let|var|local|export|my)\s+)?\$?(\w+)\s*(?::=|=(?!=))[^=]*$""")

_TASK_URI = re.compile(r"(?m)^\s*(?:-\s+)?(?:ansible\.(?:builtin|windows)\.)?(?:win_)?uri\s*:")
_TASK_METHOD = re.compile(r"""(?m)(?:^\s*|\s)method\s*[:=]\s*["']?([\w{]+)""")
_BLOCK = re.compile(r"""^\s*(?:data|resource|provisioner)\s+"(\w[\w-]*)\"""")

_OTHER_QUOTED = re.compile(r"'[^']*'|`[^`]*`")
#: The last alternative also matches what follows a double quote that is never closed. Otherwise each escaped quote in it would be
#: compared with all of the rest.
_QUOTED = re.compile(_OTHER_QUOTED.pattern + r"""|"(?:\\.|[^"\\])*(?:"|(?P<open>\\?\Z))""", re.DOTALL)
#: How many calls before a mention are examined, from the nearest one on.
_MOST_CALLS = 50

_STYLES_BY_SUFFIX = {".py": "python", ".go": "go", ".js": "javascript", ".ts": "javascript", ".rb": "ruby", ".java": "java"}


class SourceLine(t.NamedTuple):
    """A line with its neighbours; *column* is where the mention starts, *suffix* that of the file (``.tf.json`` too)."""

    suffix: str
    before: t.Sequence[str]
    line: str
    column: int
    after: t.Sequence[str]


class Mention(t.NamedTuple):
    """The part of a line that mentions API keys: a path, or code that creates or reads keys without a path.

    *method* and *style* are empty for a path. *whole* is whether the path ends there, and is not that of another endpoint.
    """

    column: int
    end: int
    method: str = ""
    style: str = ""
    whole: bool = True


def find(line: str, suffix: str) -> list[Mention]:
    """Return the mentions of API keys in *line*: paths of requests, and code that creates or reads keys without a path."""
    found = []
    for one in _PATH.finditer(line):
        start = one.start()
        if one.group("api") or (
            line[start - 1 : start] == "/" and _API_BASE.search(line, line.rfind("/", 0, start - 1) + 1, start)
        ):
            found.append(Mention(start, one.end(), whole=not one.group("more")))
    for pattern, suffixes, method, style in _DECLARED:
        match = pattern.search(line)
        if match and (not suffixes or suffix in suffixes):
            found.append(Mention(match.start(), match.end(), method, style))
    return found


def commented(source: SourceLine) -> bool:
    """Return whether the mention is in a comment."""
    if _COMMENT.match(source.line):
        return True
    head = source.line[: source.column]
    behind = _COMMENT_BEHIND.search(head)
    return behind is not None and not any(head[: behind.start()].count(quote) % 2 for quote in "\"'`")


def method_of(source: SourceLine) -> tuple[str, str]:
    """Return the method of the request that *source* mentions, and its style (``curl``, ``ansible`` …).

    Returns UNKNOWN and an empty text if the line and its neighbours do not show the method.
    """
    if commented(source):
        return UNKNOWN, "comment"
    for look in (_shell, _task, _call, _block, _plain, _by_name):
        found = look(source)
        if found is not None:
            method, style = found
            return (method if method in (GET, POST, DELETE) else UNKNOWN), style
    return UNKNOWN, ""


def _statement(source: SourceLine, signs: str) -> tuple[str, int]:
    """Return the line joined with its continuation lines, which end with one of *signs*, and the column of the mention in it."""
    start = len(source.before)
    while start and source.before[start - 1].rstrip().endswith(tuple(signs)):
        start -= 1
    head = [line.rstrip().rstrip(signs) for line in source.before[start:]]
    tail = []
    last = source.line
    for line in source.after:
        if not last.rstrip().endswith(tuple(signs)):
            break
        tail.append(line.rstrip().rstrip(signs))
        last = line
    before = " ".join([*head, ""])
    return before + " ".join([source.line.rstrip().rstrip(signs), *tail]), len(before) + source.column


def _shell(source: SourceLine) -> tuple[str, str] | None:
    """Return method and style of a request by curl, wget, httpie or PowerShell."""
    text, column = _statement(source, "\\")
    found = _command(text, column)
    if found is None and source.suffix in _YAML:
        # In a folded scalar of YAML, lines continue without a backslash.
        start, block, offset = _yaml_block(source)
        if start is not None and not _TASK_URI.search(block):
            found = _command(block, offset)
    if found is not None:
        return found
    httpie = _HTTPIE.search(text[:column] + "\n") or _HTTPIE.search(text[:column])
    if httpie:
        return httpie.group(1), "httpie"
    text, column = _statement(source, "`")
    if _POWERSHELL.search(text[:column]) or (_POWERSHELL.search(text) and source.suffix == ".ps1"):
        method = _POWERSHELL_METHOD.search(text)
        return (method.group(1).upper() if method else GET), "powershell"
    return None


def _command(text: str, column: int) -> tuple[str, str] | None:
    """Return method and style of the curl or wget command that has the mention in its arguments."""
    commands = list(_COMMAND.finditer(text, 0, column))
    if not commands:
        return None
    begin = commands[-1]
    if _END_OF_COMMAND.search(_unquoted(text[begin.start() : column])):
        return None
    following = _COMMAND.search(text, column)
    words = text[begin.start() : following.start() if following else len(text)]
    stop = _END_OF_COMMAND.search(_unquoted(words), column - begin.start())
    words = words[: stop.start()] if stop else words
    method = _OPTION_X.search(words)
    if method:
        return method.group(1).upper(), begin.group()
    if _OPTION_DATA.search(words) and not _OPTION_GET.search(words):
        return POST, begin.group()
    # Options in a variable may set any method.
    return (UNKNOWN if _VARIABLE_WORD.search(words) else GET), begin.group()


def _unquoted(text: str) -> str:
    """Return *text* with quoted parts replaced by x; the length stays the same."""
    return _QUOTED.sub(_covered, text)


def _covered(quoted: re.Match[str]) -> str:
    """Return x for each character of a quoted part. A double quote that nothing closes quotes nothing."""
    part = quoted.group()
    if quoted.group("open") is None:
        return "x" * len(part)
    # All later double quotes in this part are behind a backslash, so nothing closes them either.
    return part[0] + _OTHER_QUOTED.sub(lambda other: "x" * len(other.group()), part[1:])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _yaml_block(source: SourceLine) -> tuple[int | None, str, int]:
    """Return the list item around a line of YAML: index of its first line (``None`` if none), text, column of the mention."""
    own = _indent(source.line)
    start: int | None = len(source.before) if source.line.lstrip().startswith("- ") else None
    lines = [*source.before, source.line, *source.after]
    here = len(source.before)
    if start is None:
        for number in range(here - 1, -1, -1):
            line = lines[number]
            if not line.strip():
                continue
            if _indent(line) < own:
                own = _indent(line)
                if line.lstrip().startswith("- "):
                    start = number
                    break
    if start is None:
        return None, "", 0
    end = here + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > _indent(lines[start])):
        end += 1
    return start, "\n".join(lines[start:end]), sum(len(line) + 1 for line in lines[start:here]) + source.column


def _task(source: SourceLine) -> tuple[str, str] | None:
    """Return method and style of a task of Ansible with the module uri."""
    if source.suffix not in (".yml", ".yaml"):
        return None
    start, block, _offset = _yaml_block(source)
    if start is None or not _TASK_URI.search(block):
        return None
    method = _TASK_METHOD.search(block)
    return (method.group(1).upper() if method else GET), "ansible"


def _call(source: SourceLine) -> tuple[str, str] | None:
    """Return method and style of a function call that has the mention in its arguments."""
    head = "\n".join([*source.before[-8:], source.line[: source.column]])
    tail = "\n".join([source.line[source.column :], *source.after[:12]])
    style = _STYLES_BY_SUFFIX.get(source.suffix, "call")
    calls = [*_VERB_CALL.finditer(head), *_OPEN_CALL.finditer(head)]
    for call in sorted(calls, key=lambda one: one.end(), reverse=True)[:_MOST_CALLS]:
        inside = head[call.end() :]
        if _closed(inside) is not None:
            continue
        if call.re is _VERB_CALL:
            return call.group(1).upper(), style
        stop = _closed(inside + tail)
        arguments = (inside + tail)[:stop]
        method = _method_in(arguments, call.group(1), stop is not None)
        if method is not None:
            return method, style
    return None


def _closed(text: str) -> int | None:
    """Return the index in *text* that closes a parenthesis opened before *text*; ``None`` if *text* does not close it."""
    depth = 0
    for number, sign in enumerate(_unquoted(text)):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return number
    return None


def _method_in(arguments: str, name: str, whole: bool) -> str | None:
    """Return the method in the *arguments* of a call to *name*; ``None`` if the call may not be the one that makes the request.

    *whole* is whether *arguments* has all arguments of the call.
    """
    named = _METHOD_ARGUMENT.search(arguments)
    if named and named.group(1).upper() in (GET, POST, DELETE):
        return named.group(1).upper()
    requests = _REQUEST_CALL.search(name) is not None
    quoted = _QUOTED_METHOD.search(arguments) if requests else None
    if quoted:
        return (quoted.group(1) or quoted.group(2)).upper()
    if named:
        return UNKNOWN
    if whole and name in ("fetch", "axios", "got"):
        return GET
    if whole and _URLLIB.fullmatch(name):
        return POST if re.search(r"\bdata\s*=", arguments) else GET
    return UNKNOWN if requests else None


def _block(source: SourceLine) -> tuple[str, str] | None:
    """Return method and style of a block of Terraform that makes requests."""
    if source.suffix != ".tf":
        return None
    lines = [*source.before, source.line, *source.after]
    here = len(source.before)
    for number in range(here, -1, -1):
        begin = _BLOCK.match(lines[number])
        if begin is None:
            continue
        end = next((n for n in range(here + 1, len(lines)) if _BLOCK.match(lines[n]) or lines[n].startswith("}")), len(lines))
        method = _METHOD_ARGUMENT.search("\n".join(lines[number:end]))
        if begin.group(1) == "http":
            return (method.group(1).upper() if method else GET), "terraform"
        return (method.group(1).upper() if method else UNKNOWN), "terraform"
    return None


def _plain(source: SourceLine) -> tuple[str, str] | None:
    """Return method and style of a request line of HTTP."""
    head = source.line[: source.column]
    found = _REQUEST_LINE.search(head)
    if found and (source.suffix in (".http", ".rest") or " HTTP/" in source.line):
        return found.group(1), "http"
    return None


def _by_name(source: SourceLine) -> tuple[str, str] | None:
    """Return method and style of the requests in the next lines that use the variable to which the path is assigned.

    Returns ``None`` if there is no such request, or if they use different methods.
    """
    assigned = _ASSIGNED.search(source.line[: source.column])
    if assigned is None:
        return None
    name = assigned.group(1)
    used = re.compile(r"(?<![\w.])\$?\{?%s\b" % re.escape(name))
    methods: set[str] = set()
    style = ""
    for number, line in enumerate(source.after):
        use = used.search(line)
        if use is None:
            continue
        before = [*source.before, source.line, *source.after[:number]]
        use_line = SourceLine(source.suffix, before, line, use.start(), source.after[number + 1 :])
        method, style = next((found for found in (_shell(use_line), _call(use_line)) if found is not None), (UNKNOWN, style))
        methods.add(method)
    if len(methods) == 1:
        return methods.pop(), style
    return None
