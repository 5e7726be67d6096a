"""Open WebUI: its server is started, its first user signs up and connects it to Heddle, and what the user asks goes through it. Models of its own are left out."""

import json
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from checks import EMBEDDER, FACTS, KEY, MODEL, QUESTION, SCHEMA, WIDTH, base, check, continues, fits, new_thread, truthy

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
webui = f"http://127.0.0.1:{port}"
folder = tempfile.TemporaryDirectory()
settings = {
    **{"DATA_DIR": folder.name, "WEBUI_SECRET_KEY": secrets.token_hex(16), "ENABLE_OLLAMA_API": "False"},
    **{"RAG_EMBEDDING_ENGINE": "openai", "OFFLINE_MODE": "true", "NO_PROXY": "127.0.0.1"},
    **{"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "false", "DO_NOT_TRACK": "true", "ENABLE_VERSION_UPDATE_CHECK": "false"},
}
program = pathlib.Path(sys.executable).with_name("open-webui")
token = ""


def ask(path, body=None, stream=False):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(webui + path, data, headers), timeout=180) as reply:
            return reply.read().decode() if stream else json.load(reply)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error.code} {error.read().decode()[:400]}") from None


def started(server):
    for _ in range(600):
        try:
            ask("/health")
            return
        except Exception:
            if server.poll() is not None:
                break
            time.sleep(0.5)
    raise RuntimeError(f"Open WebUI did not start: {written.read_text()[-2_000:]}")


def connect(**config):
    """As its administrator does on the page of connections: an address, a key, and what else goes with the calls."""
    one = {"ENABLE_OPENAI_API": True, "OPENAI_API_BASE_URLS": [base], "OPENAI_API_KEYS": [KEY]}
    ask("/openai/config/update", {**one, "OPENAI_API_CONFIGS": {"0": {"enable": True, **config}}})


def complete(model, text, **more):
    body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 60, **more}
    return ask("/openai/chat/completions", body, stream=more.get("stream", False))


def chat():
    listed = {model["id"] for model in ask("/api/models")["data"]}
    truthy({"says", MODEL} <= listed, f"the models are not listed: {listed}")
    reply = ask("/api/chat/completions", {"model": "says", "stream": False, "messages": [{"role": "user", "content": "tea"}]})
    truthy(reply["choices"][0]["message"]["content"] == "You said tea", f"another text: {reply}")
    truthy(complete(MODEL, QUESTION)["usage"]["completion_tokens"] > 0, "no usage")


def stream():
    lines = [line[6:] for line in complete(MODEL, QUESTION, stream=True).splitlines() if line.startswith("data: ")]
    chunks = [json.loads(line) for line in lines if line != "[DONE]"]
    truthy("".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"]), "no text")
    truthy(lines[-1] == "[DONE]", "no end")


def tools():
    tool = {"type": "function", "function": {"name": "count", "description": "Counts.", "parameters": SCHEMA}}
    asked = complete(MODEL, "Call count.", tools=[tool], tool_choice="required")["choices"][0]["message"]
    fits(json.loads(asked["tool_calls"][0]["function"]["arguments"]))


def structured():
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}}
    fits(json.loads(complete(MODEL, FACTS, response_format=form)["choices"][0]["message"]["content"]))


def embeddings():
    reply = ask("/api/embeddings", {"model": EMBEDDER, "input": ["a loom", "yarn"]})
    truthy([len(one["embedding"]) for one in reply["data"]] == [WIDTH] * 2, "wrong vectors")


def refused(work, *named):
    try:
        work()
    except RuntimeError as error:
        for one in named:
            truthy(one in str(error), f"the error does not say {one}: {error}")
        return
    raise AssertionError("no error")


def unknown():
    # The administrator names a model that Heddle has not: else Open WebUI refuses it by itself.
    connect(model_ids=["nothing"])
    ask("/api/models?refresh=true")
    refused(lambda: complete("nothing", "x"), "404", "nothing", "model_unknown")
    connect()


def thread():
    one = new_thread()
    connect(headers={"Heddle-Thread": one})
    for said in ("tea", "milk"):
        complete("says", said)
    continues(one, "tea", "milk")


written = pathlib.Path(folder.name) / "written.txt"
with written.open("w") as output:
    server = subprocess.Popen(
        [program, "serve", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, **settings}, stdout=output, stderr=subprocess.STDOUT,
    )
try:
    started(server)
    person = {"name": "Ada", "email": "ada@example.org", "password": secrets.token_hex(12)}
    token = ask("/api/v1/auths/signup", person)["token"]
    connect()
    check("chat: models, and an answer", chat)
    check("stream: in pieces", stream)
    check("tools: a call of a model", tools)
    check("structured output: fits the schema", structured)
    check("embeddings: two texts", embeddings)
    check("errors: an unknown model", unknown)
    check("errors: a wrong key", lambda: refused(lambda: ask("/openai/verify", {"url": base, "key": "hk_wrong"})))
    check("errors: the right key is accepted", lambda: truthy(ask("/openai/verify", {"url": base, "key": KEY})["data"], "no models"))
    check("threads: by a header of the connection", thread)
finally:
    server.terminate()
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    folder.cleanup()
