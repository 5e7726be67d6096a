"""What the checks of Python clients share: one JSON line a check. Arguments: the address with /v1, and a key."""

import json
import sys
import urllib.request

base, KEY = sys.argv[-2:]
home = base.removesuffix("/v1")
MODEL, EMBEDDER, WIDTH = "smollm2-135m", "all-minilm-l6-v2", 384
QUESTION = "The loom costs 149 euros. What does the loom cost? Answer in one sentence."
FACTS = "A city and a number as JSON."
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "count": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["city", "count"],
    "additionalProperties": False,
}
PLACE = {"type": "object", "properties": {"city": {"type": "string", "maxLength": 20}}, "required": ["city"], "additionalProperties": False}


def reported(name, error=None):
    print(json.dumps({"name": name} if error is None else {"name": name, "error": error}), flush=True)


def check(name, work):
    """Runs a check. Its name begins with what it is about: chat, stream, tools, structured output, embeddings, errors, threads."""
    try:
        work()
        reported(name)
    except Exception as error:  # every client raises its own
        reported(name, f"{type(error).__name__}: {str(error)[:500]}")


def truthy(value, what):
    if not value:
        raise AssertionError(what)


def fits(value):
    truthy(set(value) == {"city", "count"} and isinstance(value["count"], int), f"does not fit the schema: {value}")


def raises(work, *named):
    """The error that a call raises says each of these."""
    try:
        work()
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        for one in named:
            truthy(str(one) in text, f"the error does not say {one}: {text[:400]}")
        return error
    raise AssertionError("no error")


def call(path, body=None):
    """Heddle itself, to see what a client has done: with its key under /v1, else as the person at the machine."""
    data = None if body is None else json.dumps(body).encode()
    key = {"Authorization": f"Bearer {KEY}"} if path.startswith("/v1/") else {}
    headers = {**key, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(home + path, data, headers), timeout=60) as reply:
        return json.load(reply)


def new_thread(workflow="says"):
    return call("/v1/threads", {"workflow": workflow})["id"]


def texts_of(thread):
    return [message["text"] for message in call(f"/v1/threads/{thread}/messages")["messages"]]


def continues(thread, *said):
    """The thread holds what was said, and the answers of the workflow `says`."""
    wanted = [text for one in said for text in (one, f"You said {one}")]
    truthy(texts_of(thread) == wanted, f"the thread holds {texts_of(thread)}")
