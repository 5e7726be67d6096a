"""standardwebhooks: its signature starts a run, and ours is verified by it."""

import datetime
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from checks import call, check, home, truthy

received = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        received.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


def send(hook, secret, body, seconds=0, name=None):
    """What a sender does with the library; gives status and reply."""
    name, at = name or f"msg_{uuid.uuid4().hex}", datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    headers = {
        **{"webhook-id": name, "webhook-timestamp": str(int(at.timestamp())), "content-type": "application/json"},
        "webhook-signature": Webhook(secret).sign(name, at, body),
    }
    request = urllib.request.Request(f"{home}/v1/hooks/{hook}", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def inward():
    made = call("/api/workflows/says/hooks", {"name": "In", "inputs": {"text": "{{ body.what }}"}})
    hook, secret = made["id"], made["secret"]
    body = json.dumps({"what": "tea ☕"}, ensure_ascii=False)
    status, reply = send(hook, secret, body, name="msg_1")
    truthy(status == 202 and not reply["isReplay"], f"{status} {reply}")
    again = send(hook, secret, body, name="msg_1")
    truthy(again[0] == 202 and again[1] == {"runId": reply["runId"], "isReplay": True}, f"{again}")
    deadline = time.monotonic() + 120
    while (run := call(f"/api/runs/{reply['runId']}"))["status"] not in ("done", "failed"):
        truthy(time.monotonic() < deadline, "never ends")
        time.sleep(0.1)
    truthy(run["status"] == "done", f"{run}")
    for refused in (send(hook, secret, body, seconds=-3_600), send(hook, "whsec_" + "A" * 32, body)):
        truthy(refused[0] == 401 and refused[1]["code"], f"{refused}")


def outward():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        secret = call("/api/workflows/says/webhooks", {"name": "Out", "url": address, "events": ["run.done"]})["secret"]
        run = call("/v1/workflows/says", {"text": "milk"})["runId"]
        deadline = time.monotonic() + 120
        while not received:
            truthy(time.monotonic() < deadline, "no message came")
            time.sleep(0.1)
        headers, body = received[0]
        sent = Webhook(secret).verify(body, headers)
        truthy(sent["type"] == "run.done" and sent["data"]["runId"] == run, f"{sent}")
        try:
            Webhook(secret).verify(body + b" ", headers)
        except WebhookVerificationError:
            return
        raise AssertionError("another body is verified")
    finally:
        server.shutdown()


check("webhooks: a message that the library signs starts a run once; an old one and one of another secret are refused", inward)
check("webhooks: the library verifies what we send", outward)
