"""Sends requests with the key, tries those again that may be, and turns refusals into errors."""

from __future__ import annotations

import http.client
import json
import random
import time
from typing import Any, Dict, Mapping, Optional, Tuple
from urllib.parse import urlencode, urlsplit

from ._errors import HeddleError, error_of

# Replies after which another try may succeed.
PASSING = frozenset({429, 502, 503, 504})
LONGEST_WAIT = 30.0


class Requests:
    """How a client reaches its server. Each request has a connection of its own, so threads can share a client."""

    def __init__(
        self,
        base_url: str,
        api_key: Optional[str],
        end_user: Optional[str],
        attempts: int,
        timeout: float,
        reconnect: float,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise HeddleError("bad_request", f"'{base_url}' is not an address: write https://… or http://…")
        self.base_url = base_url.rstrip("/")
        self.api_key = api_key
        self.end_user = end_user
        self.attempts = attempts
        self.timeout = timeout
        self.reconnect = reconnect
        self._host = parts.hostname
        self._port = parts.port
        self._is_secure = parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")

    def json(self, method: str, path: str, **call: Any) -> Any:
        """The body of a reply as JSON. Raises HeddleError."""
        with self.send(method, path, **call) as response:
            try:
                return json.loads(response.read() or b"null")
            except (OSError, http.client.HTTPException) as cause:
                raise self.lost(cause) from cause

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Optional[bytes] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        is_repeatable: Optional[bool] = None,
    ) -> http.client.HTTPResponse:
        """A reply that is no error, not read yet. Raises HeddleError."""
        repeatable = method == "GET" if is_repeatable is None else is_repeatable
        attempt = 1
        while True:
            try:
                return self._once(method, path, body, headers or {})
            except HeddleError as error:
                is_passing = error.status == 0 or error.status in PASSING
                # A refused request was not carried out. One without a reply may have been.
                if attempt >= self.attempts or not is_passing or not (repeatable or error.status == 429):
                    raise
                time.sleep(wait_of(attempt, error.retry_after))
                attempt += 1

    def lost(self, cause: BaseException) -> HeddleError:
        return HeddleError("connection_lost", f"{self.base_url} did not answer: {cause}")

    def _once(
        self, method: str, path: str, body: Optional[bytes], headers: Mapping[str, Optional[str]]
    ) -> http.client.HTTPResponse:
        kind = http.client.HTTPSConnection if self._is_secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self.timeout)
        every: Dict[str, Optional[str]] = {
            "authorization": None if self.api_key is None else f"Bearer {self.api_key}",
            "heddle-end-user": self.end_user,
            # The connection ends with its reply.
            "connection": "close",
            **headers,
        }
        try:
            connection.request(
                method,
                self._prefix + path,
                body=body,
                headers={name: value for name, value in every.items() if value is not None},
            )
            response = connection.getresponse()
            if response.status < 300:
                return response
            with response:
                raise error_of(response.status, _lower(response), response.read())
        except (OSError, http.client.HTTPException) as cause:
            connection.close()
            raise self.lost(cause) from cause


def _lower(response: http.client.HTTPResponse) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def wait_of(attempt: int, retry_after: Optional[float] = None) -> float:
    """Seconds before another try: what the server asks for, or twice as long each time."""
    wait = 0.25 * 2**attempt * (0.5 + random.random()) if retry_after is None else retry_after
    return min(LONGEST_WAIT, max(0.0, wait))


def with_query(path: str, query: Mapping[str, Any]) -> str:
    given = [(name, str(value)) for name, value in query.items() if value is not None]
    return f"{path}?{urlencode(given)}" if given else path


def form_of(inputs: Mapping[str, Any], boundary: str) -> Tuple[bytes, str]:
    """A multipart body with a part for each input; several files are several parts of one name."""
    parts = []
    for name, value in inputs.items():
        for one in value if isinstance(value, (list, tuple)) and value and all(map(is_file, value)) else [value]:
            head = f'form-data; name="{_quoted(name)}"'
            if is_file(one):
                file_name, content = file_of(one)
                head += f'; filename="{_quoted(file_name)}"\r\ncontent-type: application/octet-stream'
            else:
                content = (one if isinstance(one, str) else json.dumps(one)).encode()
            parts.append(b"--%b\r\ncontent-disposition: %b\r\n\r\n%b\r\n" % (boundary.encode(), head.encode(), content))
    return b"".join(parts) + b"--%b--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def is_file(value: Any) -> bool:
    """Bytes, a (name, bytes) pair, or what can be read."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):
        value = value[1]
    return isinstance(value, (bytes, bytearray)) or hasattr(value, "read")


def file_of(value: Any) -> Tuple[str, bytes]:
    name: Optional[str] = None
    if isinstance(value, tuple):
        name, value = value
    if hasattr(value, "read"):
        name = name or str(getattr(value, "name", "file")).replace("\\", "/").split("/")[-1]
        value = value.read()
        if isinstance(value, str):
            value = value.encode()
    return name or "file", bytes(value)


def _quoted(text: str) -> str:
    return text.replace("\\", "%5C").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
