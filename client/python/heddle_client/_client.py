"""A client of a Heddle server."""

from __future__ import annotations

import json
import uuid
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple
from urllib.parse import quote

from ._requests import Requests, form_of, is_file, with_query
from ._stream import RunStream
from ._types import FeedbackRequest, PublishedReply, Thread, ThreadMessagesReply, ThreadsReply


class Heddle:
    """A client of a Heddle server.

    ``attempts`` is how often a call is tried that may be repeated; ``timeout`` the seconds without a byte after which a connection is
    lost; ``reconnect`` the seconds for which a stream tries to connect again.

    >>> heddle = Heddle("https://heddle.example.com", api_key=os.environ["HEDDLE_KEY"])
    >>> heddle.workflow("ask-the-handbook").run({"question": "When are salaries paid?"})["outputs"]
    """

    def __init__(
        self,
        base_url: str,
        api_key: Optional[str] = None,
        end_user: Optional[str] = None,
        *,
        attempts: int = 3,
        timeout: float = 600.0,
        reconnect: float = 60.0,
    ) -> None:
        self._requests = Requests(base_url, api_key, end_user, attempts, timeout, reconnect)
        self.runs = Runs(self._requests)
        self.threads = Threads(self._requests)

    def workflow(self, slug: str) -> "Workflow":
        """A published workflow, by the name in its address."""
        return Workflow(self._requests, slug)

    def for_user(self, end_user: str) -> "Heddle":
        """The same client for one of your users. The key needs the right to speak for its users."""
        of = self._requests
        return Heddle(
            of.base_url, of.api_key, end_user, attempts=of.attempts, timeout=of.timeout, reconnect=of.reconnect
        )


class Workflow:
    """A published workflow. A file among its inputs is bytes, an open file, or a pair of name and bytes."""

    def __init__(self, requests: Requests, slug: str) -> None:
        self._requests = requests
        self._path = f"/v1/workflows/{quote(slug, safe='')}"

    def run(
        self,
        inputs: Mapping[str, Any],
        *,
        thread: Optional[str] = None,
        version: Optional[int] = None,
        timeout_ms: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> PublishedReply:
        """Runs the workflow and waits for its end, or until it waits for a person (``status`` is then suspended or paused).

        ``thread`` is the id of a thread, or ``new``. Raises HeddleError with the code of a run that failed.
        """
        reply: PublishedReply = self._requests.json(
            "POST", self._path, **_call(inputs, thread, version, timeout_ms, idempotency_key, {})
        )
        return reply

    def start(
        self,
        inputs: Mapping[str, Any],
        *,
        thread: Optional[str] = None,
        version: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Dict[str, Any]:
        """Starts a run and does not wait for it: ``runId``, ``thread``, ``status``."""
        later = {"prefer": "respond-async"}
        reply: Dict[str, Any] = self._requests.json(
            "POST", self._path, **_call(inputs, thread, version, None, idempotency_key, later)
        )
        return reply

    def stream(
        self,
        inputs: Mapping[str, Any],
        *,
        thread: Optional[str] = None,
        version: Optional[int] = None,
        timeout_ms: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> RunStream:
        """Runs the workflow; its text comes as it is written. A lost connection is made again."""
        call = _call(inputs, thread, version, timeout_ms, idempotency_key, {"accept": "text/event-stream"})
        return RunStream(self._requests, begin=lambda: self._requests.send("POST", self._path, **call))


class Runs:
    """The runs of the caller."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def get(self, run_id: str) -> PublishedReply:
        """A run with its outputs, once it has ended."""
        reply: PublishedReply = self._requests.json("GET", f"/v1/runs/{quote(run_id, safe='')}")
        return reply

    def events(self, run_id: str, after: int = 0) -> RunStream:
        """The events of a run, from the first or after one that was seen."""
        return RunStream(self._requests, run_id=run_id, after=after)

    def wait(self, run_id: str) -> Dict[str, Any]:
        """Waits for the end of a run, or until it waits for a person."""
        return self.events(run_id).result()

    def cancel(self, run_id: str, reason: Optional[str] = None) -> None:
        """Ends a run. The key needs the right to control runs."""
        body = {} if reason is None else {"reason": reason}
        self._requests.json("POST", f"/api/runs/{quote(run_id, safe='')}/cancel", **_json(body))

    def rate(self, run_id: str, feedback: FeedbackRequest) -> None:
        """Rates a run, or changes the rating. The key needs the right to give feedback."""
        path = f"/v1/runs/{quote(run_id, safe='')}/feedback"
        self._requests.json("POST", path, **_json(feedback), is_repeatable=True)

    def unrate(self, run_id: str) -> None:
        """Takes the rating of a run back."""
        self._requests.json("DELETE", f"/v1/runs/{quote(run_id, safe='')}/feedback")

    def questions(self, run_id: str) -> List[Dict[str, Any]]:
        """The questions to a person that a run waits for: ``requestId``, ``title``, ``body``, ``schema``, ``buttons``, ``dueAt``.

        The key needs the rights to read runs with their values.
        """
        found = self._requests.json("GET", with_query("/api/human-inputs", {"run": run_id}))["requests"]
        names = ("title", "body", "schema", "buttons", "dueAt")
        return [
            {"requestId": one["requestId"], **{name: one["question"][name] for name in names if name in one["question"]}}
            for one in found
        ]

    def answer(self, run_id: str, request_id: str, value: Any, reason: Optional[str] = None) -> None:
        """Answers a question: a value that fits its schema, with the id of a button as its member ``choice``."""
        path = f"/api/runs/{quote(run_id, safe='')}/human-inputs/{quote(request_id, safe='')}"
        body = {"value": value} if reason is None else {"value": value, "reason": reason}
        self._requests.json("POST", path, **_json(body))


class Threads:
    """The threads of the caller, or of the end user of the client. All raise HeddleError ``thread_not_found``."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def page(
        self,
        *,
        workflow: Optional[str] = None,
        search: Optional[str] = None,
        limit: Optional[int] = None,
        after: Optional[str] = None,
    ) -> ThreadsReply:
        """A page, newest first; ``next`` is the ``after`` of the page after it."""
        query = {"workflow": workflow, "search": search, "limit": limit, "after": after}
        reply: ThreadsReply = self._requests.json("GET", with_query("/v1/threads", query))
        return reply

    def list(
        self, *, workflow: Optional[str] = None, search: Optional[str] = None, limit: Optional[int] = None
    ) -> Iterator[Thread]:
        """All of them, newest first, a page at a time."""
        after: Optional[str] = None
        while True:
            page = self.page(workflow=workflow, search=search, limit=limit, after=after)
            yield from page["threads"]
            after = page.get("next")
            if after is None:
                return

    def create(self, workflow: str, title: Optional[str] = None) -> Thread:
        """Begins an empty thread on a published workflow."""
        body = {"workflow": workflow} if title is None else {"workflow": workflow, "title": title}
        thread: Thread = self._requests.json("POST", "/v1/threads", **_json(body))
        return thread

    def get(self, thread_id: str) -> Thread:
        thread: Thread = self._requests.json("GET", self._path(thread_id))
        return thread

    def messages(
        self, thread_id: str, *, limit: Optional[int] = None, before: Optional[int] = None
    ) -> ThreadMessagesReply:
        """Questions and answers, oldest first; the newest page without ``before``."""
        path = with_query(f"{self._path(thread_id)}/messages", {"limit": limit, "before": before})
        reply: ThreadMessagesReply = self._requests.json("GET", path)
        return reply

    def rename(self, thread_id: str, title: str) -> Thread:
        call = _json({"title": title})
        thread: Thread = self._requests.json("POST", self._path(thread_id), **call, is_repeatable=True)
        return thread

    def delete(self, thread_id: str) -> None:
        """Erases a thread for good. A run that is on it is ended first."""
        self._requests.json("DELETE", self._path(thread_id))

    @staticmethod
    def _path(thread_id: str) -> str:
        return f"/v1/threads/{quote(thread_id, safe='')}"


def _json(body: Any) -> Dict[str, Any]:
    return {"body": json.dumps(body).encode(), "headers": {"content-type": "application/json"}}


def _call(
    inputs: Mapping[str, Any],
    thread: Optional[str],
    version: Optional[int],
    timeout_ms: Optional[int],
    idempotency_key: Optional[str],
    headers: Mapping[str, str],
) -> Dict[str, Any]:
    body, kind = _body(inputs)
    every = {
        **headers,
        "content-type": kind,
        # The same key for each try: the server runs it once.
        "idempotency-key": idempotency_key or str(uuid.uuid4()),
        "heddle-thread": thread,
        "heddle-version": None if version is None else str(version),
        "heddle-timeout": None if timeout_ms is None else str(timeout_ms),
    }
    return {"body": body, "headers": every, "is_repeatable": True}


def _body(inputs: Mapping[str, Any]) -> Tuple[bytes, str]:
    """The inputs as they are sent: as a form where one of them is a file."""
    given = {name: value for name, value in inputs.items() if value is not None}
    has_file = any(
        is_file(value) or (isinstance(value, list) and any(map(is_file, value))) for value in given.values()
    )
    if has_file:
        return form_of(given, uuid.uuid4().hex)
    return json.dumps(given).encode(), "application/json"
