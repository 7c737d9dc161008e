# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of credentials before the first request. No message quotes a value.

``requests`` prints a header that HTTP does not allow, with its value. So every credential that becomes a header, from options,
the environment, files or sinks, passes one of these functions first.
"""

from __future__ import annotations

import base64
import re
import typing as t
from urllib.parse import unquote, urlsplit

from .errors import BadInput

#: A token: characters that HTTP allows in a header, without white space.
_TOKEN = re.compile(r"[!-~]+")
#: A key of a service account, or a token of an access policy of Grafana Cloud.
_KEY = re.compile(r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=_-]{20,}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LINE_ENDS = ("\r", "\n", "\0")
_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


def token(value: t.Any, option: str) -> str:
    """Return *value* without surrounding white space.

    Raises :class:`BadInput` for white space, a line end or a character outside of ASCII inside of it.
    """
    text = str(value).strip()
    if _TOKEN.fullmatch(text) is None:
        raise BadInput(
            "%s holds a line end, white space or a character that no token has: set it to one token and nothing else" % option
        )
    return text


def one_line(value: t.Any, option: str) -> str:
    """Return *value* without line ends at its end. Raises :class:`BadInput` for a line end inside of it."""
    text = str(value).rstrip("\r\n")
    if any(sign in text for sign in _LINE_ENDS):
        raise BadInput("%s holds a line end: set it to one line" % option)
    return text


def password(user: str, value: t.Any, option: str) -> str:
    """Return *value*, the password of *user*, without line ends at its end.

    Raises :class:`BadInput` for a line end inside of it, and for a key of Grafana, except for the user ``api_key``, for whom
    Grafana takes a key.
    """
    text = one_line(value, option)
    if _KEY.fullmatch(text) and user != "api_key":
        raise BadInput(
            "%s holds a token, which is no password of a user: set token (or GRAFANA_TOKEN) to it, without username and password"
            % option
        )
    return text


def header(name: str, value: t.Any) -> str:
    """Return the *value* of the header *name* without surrounding white space. Raises :class:`BadInput` if HTTP forbids it."""
    text = str(value).strip()
    if _HEADER_NAME.fullmatch(name) is None:
        raise BadInput("headers: one header has a name that HTTP does not allow")
    if any(sign in text for sign in _LINE_ENDS):
        raise BadInput("headers: the value of %s holds a line end, which HTTP does not allow: set it to one line" % name)
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        raise BadInput("headers: the value of %s holds a character that HTTP does not allow" % name) from None
    return text


def proxy(value: t.Any) -> str | None:
    """Return the address of a proxy with its scheme, ``http`` if *value* has none; ``None`` for an empty *value*.

    Raises :class:`BadInput` for anything else than scheme, user, password, host and port.
    """
    text = str(value or "").strip()
    if not text:
        return None
    text = text if "://" in text else "http://" + text
    try:
        parts = urlsplit(text)
        valid = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid, parts = False, urlsplit("")
    if not valid or parts.path not in ("", "/") or parts.query or parts.fragment or _TOKEN.fullmatch(text) is None:
        raise BadInput(
            "proxy has to look like http://host:3128 or http://user:password@host:3128; write other characters than letters "
            "and digits in the user and the password as %XX"
        )
    return text


def userinfo_secrets(url: t.Any) -> list[str]:
    """Return the secrets in *url*, with or without a scheme: the password, also decoded, and user and password in base64."""
    address = str(url or "")
    userinfo = (address.partition("://")[2] or address).rpartition("@")[0]
    user, colon, password = userinfo.partition(":")
    if not colon or not password:
        return []
    return [userinfo, password, unquote(password), basic(user, password), basic(unquote(user), unquote(password))]


def header_secrets(value: str) -> list[str]:
    """Return the secrets in the value of a header: all of it, and each word and each cookie of 8 characters or more."""
    words = value.split()
    cookies = [word.partition("=")[2].rstrip(";") for word in words if "=" in word]
    return [value.strip(), *(one for one in (*words, *cookies) if len(one) >= 8)]


def basic(user: str, password: str) -> str:
    """Return *user* and *password* as the header Authorization holds them, in base64."""
    return base64.b64encode(("%s:%s" % (user, password)).encode("utf-8", "replace")).decode()
