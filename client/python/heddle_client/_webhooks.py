"""Verifies webhooks (Standard Webhooks)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any, Mapping, Optional, Union

from ._errors import HeddleError

# The longest difference of clocks, in seconds. An older message may be one that somebody sends again.
TOLERANCE = 300


def verify_webhook(
    secret: str, headers: Mapping[str, str], body: Union[bytes, str], now: Optional[float] = None
) -> Any:
    """Returns the body of a webhook as JSON once its signature is verified.

    ``body`` is the body byte for byte as it came. Raises HeddleError ``webhook_invalid``.
    """
    given = {name.lower(): value for name, value in headers.items()}
    identity, sent, signatures = (given.get(f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    if not identity or not sent or not signatures:
        raise _invalid("it has no webhook-id, webhook-timestamp and webhook-signature")
    current = time.time() if now is None else now
    if not (sent.isascii() and sent.isdigit()) or len(sent) > 12 or abs(current - int(sent)) > TOLERANCE:
        raise _invalid("it is more than five minutes old, or a clock is wrong")
    content = body.encode() if isinstance(body, str) else body
    signed = f"{identity}.{sent}.".encode() + content
    expected = base64.b64encode(hmac.new(_key_of(secret), signed, hashlib.sha256).digest())
    for signature in signatures.split(" "):
        if signature.startswith("v1,") and hmac.compare_digest(signature[3:].encode(), expected):
            return json.loads(content)
    raise _invalid("its signature is not that of this secret")


def _key_of(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret[6:], validate=True) if secret.startswith("whsec_") else secret.encode()
    except binascii.Error:
        key = b""
    if not key:
        raise HeddleError("bad_request", "The secret of the webhook is empty or not base64.")
    return key


def _invalid(why: str) -> HeddleError:
    return HeddleError("webhook_invalid", f"The webhook is refused: {why}.")
