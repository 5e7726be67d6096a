"""What the server refuses, as an exception."""

from __future__ import annotations

import json
from typing import Any, Mapping, Optional


class HeddleError(Exception):
    """What the server refused or could not do. ``code`` is stable; the message is for people.

    ``status`` is the status of the reply, 0 where no reply came (``connection_lost``).
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 0,
        *,
        run_id: Optional[str] = None,
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
        details: Any = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.run_id = run_id
        self.request_id = request_id
        self.retry_after = retry_after
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


def error_of(status: int, headers: Mapping[str, str], body: bytes) -> HeddleError:
    """The error of a reply, whichever form its route has."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    problem: Mapping[str, Any] = value if isinstance(value, dict) else {}
    inner = problem.get("error")
    if isinstance(inner, dict):
        problem = inner
    message = problem.get("detail") or problem.get("message") or f"The server answered with {status}."
    return HeddleError(
        str(problem.get("code") or "unexpected_reply"),
        str(message),
        status,
        run_id=problem.get("runId"),
        request_id=headers.get("x-request-id"),
        retry_after=_seconds(headers.get("retry-after")),
        details=problem.get("details"),
    )


def _seconds(text: Optional[str]) -> Optional[float]:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
