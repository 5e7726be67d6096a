"""The events of a run as they happen."""

from __future__ import annotations

import http.client
import json
import re
import time
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple
from urllib.parse import quote

from ._errors import HeddleError
from ._requests import Requests, wait_of


class RunStream:
    """The events of a run, read once. A lost connection is made again, and nothing comes twice.

    ``delta`` has ``output``, ``offset`` and ``text``, which replaces the text from its offset; ``node`` has ``seq``, ``node`` and
    ``status``; ``citation`` has ``output`` and ``citation``; ``result`` comes last.

    >>> for event in heddle.workflow("ask").stream({"question": "When?"}):
    ...     if event["type"] == "delta":
    ...         print(event["text"], end="")
    """

    def __init__(
        self,
        requests: Requests,
        begin: Optional[Callable[[], http.client.HTTPResponse]] = None,
        run_id: Optional[str] = None,
        after: int = 0,
    ) -> None:
        self.run_id = run_id
        self.thread: Optional[str] = None
        self._requests = requests
        self._begin = begin
        self._last = after
        self._texts: Dict[str, str] = {}
        self._result: Optional[Dict[str, Any]] = None
        self._is_begun = False

    def text_of(self, output: str) -> str:
        """The text of an output so far."""
        return self._texts.get(output, "")

    def result(self) -> Dict[str, Any]:
        """Reads to the end, if nobody did, and gives the result. Raises HeddleError for a run that failed."""
        if self._result is None:
            for _ in self:
                pass
        assert self._result is not None
        return self._result

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        if self._is_begun:
            raise HeddleError("stream_read", "The events of a run can be read only once.")
        self._is_begun = True
        response: Optional[http.client.HTTPResponse] = self._open()
        attempt = 1
        lost_at: Optional[float] = None
        while True:
            last = self._last
            try:
                if response is not None:
                    yield from self._read(response)
                if self._result is not None:
                    return
                raise HeddleError("connection_lost", "The stream ended before the run.", run_id=self.run_id)
            except HeddleError as error:
                if self._last > last:
                    attempt, lost_at = 1, None
                lost_at = time.monotonic() if lost_at is None else lost_at
                is_over = time.monotonic() - lost_at > self._requests.reconnect
                if not _is_lost(error) or self.run_id is None or is_over:
                    raise
            time.sleep(wait_of(attempt))
            attempt += 1
            try:
                response = self._follow()
            except HeddleError as error:
                if not _is_lost(error):
                    raise
                response = None

    def _open(self) -> http.client.HTTPResponse:
        response = self._follow() if self._begin is None else self._begin()
        self.thread = response.headers.get("heddle-thread")
        location = re.search(r"/v1/runs/([^/?]+)", response.headers.get("location") or "")
        if self.run_id is None and location is not None:
            self.run_id = location.group(1)
        return response

    def _follow(self) -> http.client.HTTPResponse:
        last = str(self._last) if self._last > 0 else None
        path = f"/v1/runs/{quote(self.run_id or '', safe='')}/events"
        return self._requests.send("GET", path, headers={"accept": "text/event-stream", "last-event-id": last})

    def _read(self, response: http.client.HTTPResponse) -> Iterator[Dict[str, Any]]:
        with response:
            for event, identity, data in self._messages(response):
                yield from self._events_of(event, identity, data)
                if self._result is not None:
                    return

    def _messages(self, response: http.client.HTTPResponse) -> Iterator[Tuple[str, Optional[str], str]]:
        """The messages of an event stream. One that is cut off at the end is left out."""
        fields: Dict[str, str] = {}
        while True:
            try:
                raw = response.readline()
            except (OSError, http.client.HTTPException) as cause:
                raise HeddleError("connection_lost", f"The stream broke off: {cause}", run_id=self.run_id) from cause
            if not raw.endswith(b"\n"):
                return
            line = raw.decode().rstrip("\r\n")
            if line == "":
                if "data" in fields:
                    yield fields.get("event", "message"), fields.get("id"), fields["data"]
                fields = {}
                continue
            name, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and name in fields else value

    def _events_of(self, event: str, identity: Optional[str], data: str) -> Iterator[Dict[str, Any]]:
        value = json.loads(data)
        if identity is not None:
            self._last = max(self._last, int(identity))
        if event == "delta":
            yield from self._delta(value)
        elif event in ("node", "citation"):
            yield {"type": event, **value}
        elif event == "result":
            self._result = value
            yield {"type": "result", "result": value}
        elif event == "error":
            raise HeddleError(str(value.get("code")), str(value.get("message")), run_id=self.run_id)
        # Anything else is an event of a newer server.

    def _delta(self, piece: Mapping[str, Any]) -> Iterator[Dict[str, Any]]:
        """What is new in a piece of text: after a lost connection, the server sends the text from its start.

        Offsets count UTF-16 units, as JavaScript does.
        """
        output, offset = str(piece["output"]), int(piece["offset"])
        before = self._texts.get(output, "")
        start, text = _at_unit(before, offset), str(piece["text"])
        if before.startswith(text, start) and start + len(text) <= len(before):
            return
        after = before[:start] + text
        self._texts[output] = after
        if after.startswith(before):
            yield {"type": "delta", "output": output, "offset": len(before), "text": after[len(before) :]}
        else:
            yield {"type": "delta", "output": output, "offset": start, "text": text}


def _at_unit(text: str, units: int) -> int:
    """The index of a character from its offset in UTF-16 units."""
    if text.isascii():
        return min(units, len(text))
    for index, character in enumerate(text):
        if units <= 0:
            return index
        units -= 2 if ord(character) > 0xFFFF else 1
    return len(text)


def _is_lost(error: HeddleError) -> bool:
    """Whether the run goes on although nothing more comes of it here."""
    return error.code in ("connection_lost", "shutting_down") or error.status >= 500
