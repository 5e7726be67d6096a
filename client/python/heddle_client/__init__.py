"""Calls published workflows of a Heddle server."""

from ._client import Heddle, Runs, Threads, Workflow
from ._errors import HeddleError
from ._stream import RunStream
from ._webhooks import verify_webhook

__all__ = ["Heddle", "HeddleError", "RunStream", "Runs", "Threads", "Workflow", "verify_webhook"]
