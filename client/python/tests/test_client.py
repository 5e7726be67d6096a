import base64
import hashlib
import hmac
import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from heddle_client import Heddle, HeddleError, verify_webhook

RESULT = {"runId": "r1", "status": "done", "outputs": {"answer": "Hello 🧵 world"}}


class Double:
    """A server that answers as a test says: with the number of the request, from 1."""

    def __init__(self, answer):
        self.received = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                double.received.append((self.command, self.path, headers, self.rfile.read(length)))
                answer(self, len(double.received))

            do_GET = do_POST = do_DELETE = handle_any

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def send(handler, status, body, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())


def stream(handler, *events):
    head = {"content_type": "text/event-stream", "location": "/v1/runs/r1", "heddle_thread": "t1"}
    send(handler, 200, "".join(events).encode(), **head)


def event(kind, data, seq=None):
    identity = "" if seq is None else f"id: {seq}\n"
    return f"event: {kind}\n{identity}data: {json.dumps(data)}\n\n"


def delta(offset, text):
    return event("delta", {"output": "answer", "offset": offset, "text": text})


def node(seq):
    return event("node", {"node": "a", "status": "done", "seq": seq}, seq)


class WithDouble(unittest.TestCase):
    def start(self, answer, **options):
        self.double = Double(answer)
        self.addCleanup(self.double.close)
        return Heddle(f"{self.double.address}/", "hk_key", **options)


class Calls(WithDouble):
    def test_sends_inputs_key_thread_and_version(self):
        heddle = self.start(lambda handler, _: send(handler, 200, RESULT))
        reply = heddle.for_user("ann").workflow("ask the handbook").run(
            {"question": "When?", "left": None}, thread="new", version=3, timeout_ms=5000
        )
        self.assertEqual(reply["outputs"]["answer"], "Hello 🧵 world")
        method, path, headers, body = self.double.received[0]
        self.assertEqual((method, path), ("POST", "/v1/workflows/ask%20the%20handbook"))
        self.assertEqual(json.loads(body), {"question": "When?"})
        expected = {
            "authorization": "Bearer hk_key",
            "heddle-end-user": "ann",
            "heddle-thread": "new",
            "heddle-version": "3",
            "heddle-timeout": "5000",
        }
        self.assertEqual(headers, {**headers, **expected})
        self.assertRegex(headers["idempotency-key"], r"^[0-9a-f-]{36}$")

    def test_is_tried_again_with_the_same_idempotency_key(self):
        def answer(handler, number):
            if number == 1:
                handler.connection.close()
            elif number == 2:
                send(handler, 503, {"code": "busy", "detail": "Too many."}, retry_after="0")
            else:
                send(handler, 200, RESULT)

        heddle = self.start(answer)
        self.assertEqual(heddle.workflow("ask").run({})["status"], "done")
        self.assertEqual(len({headers["idempotency-key"] for _, _, headers, _ in self.double.received}), 1)
        self.assertEqual(len(self.double.received), 3)

    def test_does_not_begin_a_thread_twice_where_the_reply_is_lost(self):
        heddle = self.start(lambda handler, _: handler.connection.close())
        with self.assertRaises(HeddleError) as raised:
            heddle.threads.create("ask")
        self.assertEqual((raised.exception.code, len(self.double.received)), ("connection_lost", 1))

    def test_sends_files_as_a_form(self):
        heddle = self.start(lambda handler, _: send(handler, 200, RESULT))
        heddle.workflow("read").run({"document": ('lo"om.txt', b"wool"), "pages": [b"a", b"b"], "depth": 2, "name": "x"})
        _, _, headers, body = self.double.received[0]
        self.assertRegex(headers["content-type"], r"^multipart/form-data; boundary=[0-9a-f]{32}$")
        self.assertIn(b'name="document"; filename="lo%22om.txt"\r\ncontent-type: application/octet-stream\r\n\r\nwool', body)
        self.assertEqual(body.count(b'name="pages"'), 2)
        self.assertIn(b'name="depth"\r\n\r\n2\r\n', body)

    def test_gives_refusals_as_errors(self):
        cases = [
            (404, {"code": "not_published", "detail": "No."}, "not_published", "No."),
            (403, {"error": {"code": "forbidden", "message": "No."}}, "forbidden", "No."),
            (422, b"<html>", "unexpected_reply", "The server answered with 422."),
        ]
        for status, body, code, message in cases:
            heddle = self.start(lambda handler, _: send(handler, status, body, x_request_id="q1", retry_after="soon"))
            with self.assertRaises(HeddleError) as raised:
                heddle.workflow("ask").run({})
            error = raised.exception
            self.assertEqual((error.code, error.message, error.status, error.request_id), (code, message, status, "q1"))
            self.assertEqual(len(self.double.received), 1)

    def test_refuses_an_address_that_is_none(self):
        with self.assertRaises(HeddleError):
            Heddle("heddle.example.com")

    def test_reads_lists_a_page_at_a_time(self):
        def answer(handler, number):
            send(handler, 200, {"threads": [{"id": f"t{number}"}], **({"next": "n&1"} if number == 1 else {})})

        heddle = self.start(answer)
        self.assertEqual([one["id"] for one in heddle.threads.list(workflow="ask", limit=1)], ["t1", "t2"])
        self.assertEqual(self.double.received[1][1], "/v1/threads?workflow=ask&limit=1&after=n%261")


class Streams(WithDouble):
    def test_gives_events_text_and_result(self):
        heddle = self.start(
            lambda handler, _: stream(handler, node(1), delta(0, "Hello 🧵"), delta(8, " world"), event("later", {}), event("result", RESULT))
        )
        run = heddle.workflow("ask").stream({})
        self.assertEqual([one["type"] for one in run], ["node", "delta", "delta", "result"])
        self.assertEqual((run.run_id, run.thread, run.text_of("answer")), ("r1", "t1", "Hello 🧵 world"))
        self.assertEqual(run.result(), RESULT)
        with self.assertRaises(HeddleError):
            next(iter(run))

    def test_goes_on_after_the_last_event_where_the_connection_breaks(self):
        def answer(handler, number):
            if number == 1:
                stream(handler, node(1), delta(0, "Hello"), 'event: delta\ndata: {"out')
                handler.connection.close()
            elif number == 2:
                handler.connection.close()
            else:
                stream(handler, delta(0, "Hello wo"), delta(8, "rld"), node(2), event("result", RESULT))

        heddle = self.start(answer, attempts=1)
        events = list(heddle.workflow("ask").stream({}))
        self.assertEqual([one.get("text", one["type"]) for one in events], ["node", "Hello", " wo", "rld", "node", "result"])
        self.assertEqual(
            [(method, headers.get("last-event-id")) for method, _, headers, _ in self.double.received],
            [("POST", None), ("GET", "1"), ("GET", "1")],
        )

    def test_takes_text_back_where_the_server_writes_it_anew(self):
        heddle = self.start(
            lambda handler, _: stream(handler, delta(0, "Helium is"), delta(0, "Hel"), delta(3, "lo"), event("result", RESULT))
        )
        run = heddle.workflow("ask").stream({})
        run.result()
        self.assertEqual(run.text_of("answer"), "Hello")

    def test_fails_with_the_code_of_the_run_and_gives_up_in_time(self):
        heddle = self.start(lambda handler, _: stream(handler, event("error", {"code": "node_failed", "message": "It broke."})))
        with self.assertRaises(HeddleError) as raised:
            heddle.workflow("ask").stream({}).result()
        self.assertEqual((raised.exception.code, raised.exception.run_id), ("node_failed", "r1"))
        heddle = self.start(lambda handler, _: stream(handler, node(1)), reconnect=0)
        with self.assertRaises(HeddleError) as raised:
            heddle.workflow("ask").stream({}).result()
        self.assertEqual(raised.exception.code, "connection_lost")


class Webhooks(unittest.TestCase):
    key = b"a secret of 24 bytes...."
    secret = "whsec_" + base64.b64encode(key).decode()
    body = '{"text":"Grüße"}'

    def signed(self, time="1764500000", key=key):
        message = f"d_1.{time}.{self.body}".encode()
        signature = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
        return {"Webhook-Id": "d_1", "webhook-timestamp": time, "webhook-signature": f"v1,no v1,{signature}"}

    def test_reads_what_is_signed_and_refuses_all_else(self):
        now = 1764500000
        self.assertEqual(verify_webhook(self.secret, self.signed(), self.body.encode(), now), {"text": "Grüße"})
        self.assertEqual(verify_webhook("plain", self.signed(key=b"plain"), self.body, now), {"text": "Grüße"})
        wrong = [
            (self.signed(), self.body + " "),
            ({**self.signed(), "Webhook-Id": "d_2"}, self.body),
            (self.signed("1764499600"), self.body),
            (self.signed("1764500400"), self.body),
            (self.signed("1e9"), self.body),
            (self.signed(key=b"other"), self.body),
            ({"webhook-id": "d_1"}, self.body),
        ]
        for headers, body in wrong:
            with self.assertRaises(HeddleError) as raised:
                verify_webhook(self.secret, headers, body, now)
            self.assertEqual(raised.exception.code, "webhook_invalid")
        for secret in ("", "whsec_", "whsec_%%%"):
            with self.assertRaises(HeddleError):
                verify_webhook(secret, self.signed(), self.body, now)


if __name__ == "__main__":
    unittest.main()
