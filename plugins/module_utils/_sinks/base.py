# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new key goes, so that it is never lost and never shown: what all sinks share.

A sink keeps a key, and beside it the metadata: what nobody can ask the server for later. The metadata holds no
secret. A kind of sink is a file of its own, ``_sink_TYPE.py``, and an entry in ``_sink_types.py``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import typing as t
from dataclasses import asdict, dataclass, field

from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput
from .private_files import StoreError

__all__ = ["NOTHING", "KeyOwner", "Metadata", "Previous", "Shared", "Sink", "StoreError", "Stored", "fingerprint"]


@dataclass(frozen=True)
class Previous:
    """A token that was replaced and is not deleted yet; *replaced* is when, ISO 8601 in UTC."""

    id: int
    name: str
    replaced: str


@dataclass(frozen=True)
class Metadata:
    """What is remembered of a stored key; times are ISO 8601 in UTC by the server's clock."""

    token_id: int | None = None
    name: str | None = None
    service_account_id: int | None = None
    service_account: str | None = None
    org_id: int | None = None
    org_name: str | None = None
    server: str | None = None
    created: str | None = None
    expires: str | None = None
    #: Of the key: see :func:`fingerprint`.
    fingerprint: str | None = None
    #: When the key was last tested by this collection: such a use is nobody's.
    proved: str | None = None
    #: Names of tokens that were about to be made; their keys may have been lost.
    pending: tuple[str, ...] = field(default=())
    #: When the last of them was noted.
    noted: str | None = None
    #: Tokens that this one replaces and that are to be deleted, now or when their time has come.
    previous: tuple[Previous, ...] = field(default=())

    def plain(self) -> dict[str, t.Any]:
        """Return it as JSON has it; what is empty is left out."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items() if value}

    def text(self) -> str:
        """Return it as one line of JSON, sorted."""
        return json.dumps(self.plain(), sort_keys=True)

    @classmethod
    def parse(cls, found: t.Any) -> Metadata | None:
        """Return the metadata that *found*, JSON or what was parsed from it, holds; ``None`` for anything else."""
        if isinstance(found, str):
            try:
                found = json.loads(found)
            except ValueError:
                return None
        if not isinstance(found, dict):
            return None
        known = {name: found[name] for name in cls.__dataclass_fields__ if name in found}
        known["pending"] = tuple(str(name) for name in known.get("pending") or ())
        try:
            known["previous"] = tuple(Previous(int(p["id"]), p["name"], p["replaced"]) for p in known.get("previous") or ())
        except (KeyError, TypeError, ValueError):
            known["previous"] = ()
        return cls(**known)


@dataclass(frozen=True)
class Stored:
    """What a sink holds now. *there* tells whether it holds anything that ``remove`` would take away.

    *key* is ``None`` where there is none and where the sink does not give it back; then *fingerprint* is what
    can be told of the key that is there (``None`` for no key). *revision* is the sink's own, for a write that must
    not overwrite somebody else's.
    """

    metadata: Metadata | None = None
    fingerprint: str | None = None
    there: bool = False
    key: str | None = field(default=None, repr=False)
    revision: t.Any = None
    #: What is wrong with the key, where somebody else had to look and to ask the server (a word of ``_tokens.REASONS``).
    refused: str | None = None


#: A place that holds nothing.
NOTHING = Stored()


def fingerprint(key: str) -> str:
    """Return what identifies *key* without giving it away: a key has 190 random bits, so a plain hash does."""
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


class KeyOwner(t.NamedTuple):
    """Which key a sink is for: what the templates in a sink's options are filled with. An API key has no account."""

    org: OrgChoice
    service_account: str | int | None
    name: str

    def fill(self, template: str, option: str, quote: t.Callable[[str], str] = str) -> str:
        """Return *template* with ``{org_name}``, ``{org_id}``, ``{service_account}`` and ``{name}`` filled in, quoted.

        Raises :class:`BadInput` for another name in braces, and for what the task does not give.
        """
        values = {
            "org_name": self.org.name,
            "org_id": self.org.id,
            "service_account": self.service_account,
            "name": self.name,
        }
        parts = []
        rest = template
        while rest:
            before, brace, after = rest.partition("{")
            parts.append(before)
            if not brace:
                break
            word, closing, rest = after.partition("}")
            if not closing or word not in values:
                raise BadInput(
                    "sink.%s: {%s} is unknown; known are %s" % (option, word, ", ".join("{%s}" % one for one in values))
                )
            value = values[word]
            if value is None and word == "service_account":
                raise BadInput("sink.%s wants {service_account}, and an API key has none: use {name}" % option)
            if value is None:
                other = "org_id" if word == "org_name" else "org_name"
                raise BadInput(
                    "sink.%s wants {%s}, which this task does not give: name the organization by %s, or use {%s}"
                    % (option, word, word, other)
                )
            parts.append(quote(str(value)))
        return "".join(parts)


class Shared(t.NamedTuple):
    """What the sinks of one task share: *hide* masks a secret in all output, *kept* holds what is made once."""

    hide: t.Callable[[str], None]
    kept: dict[t.Hashable, t.Any]


class Sink:
    """The interface of all sinks. An instance is one key's place; nothing is read or written when it is made.

    The constructor takes the task's ``sink`` options, the :class:`KeyOwner` and :class:`Shared`, and raises
    :class:`BadInput` for what is wrong with them. All methods raise :class:`StoreError`, whose message names the
    place and never a secret.
    """

    #: The option ``type``.
    type = ""
    #: Options of ``sink`` that this type takes; those in REQUIRED have to be there.
    OPTIONS: t.ClassVar[tuple[str, ...]] = ()
    REQUIRED: t.ClassVar[tuple[str, ...]] = ()
    #: Whether ``locked`` keeps every other run out, so that a name noted as pending is nobody's by then. Without locks
    #: each write costs more (a version, an entry in a log), so what can wait until the next one does.
    locks = False
    #: Whether what was written is there only after the module has ended: nothing may be deleted before, and what is
    #: noted before a key is made is noted by the controller.
    deferred = False
    #: Whether the key can be read again, to see that it still is the one that was stored.
    readable = True

    def __init__(self, options: t.Mapping[str, t.Any], place: KeyOwner, shared: Shared) -> None:
        raise NotImplementedError

    @property
    def where(self) -> str:
        """The place in words, for results, diffs and messages; two sinks with the same are one place."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise for what is wrong with the place already, as far as this host can tell; asks nobody else."""

    def probe(self) -> None:
        """Raise for whatever would keep a key from being stored; leaves nothing behind. Asked before a token is made."""
        self.check()

    def read(self) -> Stored:
        """Return what is there."""
        raise NotImplementedError

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Put *key* and *metadata* where *before* was read; read back what can be, and return what is there.

        Raises :class:`Stale` where somebody else has written since.
        """
        raise NotImplementedError

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Put *metadata* alone (``None``: as if there had never been any) where *before* was read; return what is there.

        Raises :class:`Stale` where somebody else has written since.
        """
        raise NotImplementedError

    def remove(self) -> None:
        """Take away key and metadata; what is gone already is well."""
        raise NotImplementedError

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep other runs away meanwhile, where that is possible."""
        yield

    def paths(self) -> tuple[str, ...]:
        """Return the files on this host that hold the key, for a look at what surrounds them."""
        return ()
