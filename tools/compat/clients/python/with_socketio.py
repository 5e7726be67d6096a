"""python-socketio at /live: a key on the socket, and a run that is watched while it goes on."""

import time

import socketio

from checks import KEY, call, check, home, truthy


def connected(auth=None, headers=None):
    client = socketio.SimpleClient()
    client.connect(home, namespace="/live", auth=auth, headers=headers or {}, wait_timeout=60)
    return client


def watched(client, run):
    """The types of the events of a run, to its end."""
    answer = client.call("watch", {"topic": f"run:{run}"}, timeout=60)
    truthy(answer["ok"] is True, f"is answered {answer}")
    seen, deadline = [], time.monotonic() + 120
    while "run-end" not in seen:
        truthy(time.monotonic() < deadline, f"saw only {seen}")
        name, data = client.receive(timeout=60)
        truthy(name == "events" and data["topic"] == f"run:{run}", f"received {name} {data}")
        seen += [event["type"] for event in data["events"]]
    return seen


def streams(**given):
    client = connected(**given)
    try:
        run = call("/v1/workflows/says", {"text": "tea"})["runId"]
        seen = watched(client, run)
        truthy(seen[0] == "run-start" and "node-end" in seen and seen.count("run-end") == 1, f"{seen}")
        # From an event on: nothing that was seen comes again.
        again = client.call("watch", {"topic": f"run:{run}", "after": 1_000}, timeout=60)
        truthy(again["ok"] is True, f"is answered {again}")
    finally:
        client.disconnect()


def refused():
    client = connected(auth={"token": KEY})
    try:
        for topic in ("run:none", "nothing", 7):
            answer = client.call("watch", {"topic": topic}, timeout=60)
            truthy(answer["ok"] is False and answer["error"]["code"], f"is answered {answer}")
    finally:
        client.disconnect()


def stranger():
    for given in ({"auth": {"token": "hk_wrong"}}, {"headers": {"Authorization": "Bearer hk_wrong"}}):
        try:
            connected(**given).disconnect()
        except socketio.exceptions.ConnectionError:
            continue
        raise AssertionError("a wrong key is taken")


check("stream: a run, with the key in auth", lambda: streams(auth={"token": KEY}))
check("stream: a run, with the key in the header", lambda: streams(headers={"Authorization": f"Bearer {KEY}"}))
check("errors: topics that are none", refused)
check("errors: a wrong key", stranger)
