"""llm, the command of Simon Willison, with its file of further OpenAI-compatible models."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from checks import EMBEDDER, FACTS, KEY, MODEL, QUESTION, SCHEMA, WIDTH, base, check, continues, fits, new_thread, truthy

home_of_llm = pathlib.Path(tempfile.mkdtemp())
program = pathlib.Path(sys.executable).with_name("llm")
env = {**os.environ, "LLM_USER_PATH": str(home_of_llm), "NO_PROXY": "127.0.0.1"}
known = lambda model_id, model_name, **more: {
    **{"model_id": model_id, "model_name": model_name, "api_base": base, "api_key_name": "heddle"},
    **{"supports_tools": True, "supports_schema": True, **more},
}
models = [
    known("small", MODEL),
    known("small-responses", MODEL, responses=True),
    known("small-completion", MODEL, completion=True),
    known("says", "says"),
    known("unknown", "no-such-model"),
    known("stranger", MODEL, api_key_name="wrong"),
]
# Its file is YAML, and JSON is YAML.
(home_of_llm / "extra-openai-models.yaml").write_text(json.dumps(models))
(home_of_llm / "keys.json").write_text(json.dumps({"heddle": KEY, "wrong": "hk_wrong"}))
(home_of_llm / "tools.py").write_text('def count(city: str) -> str:\n    "Counts the looms of a city."\n    return "7 in " + city\n')


def llm(*args, fails=False):
    done = subprocess.run([program, *args], env=env, capture_output=True, text=True, timeout=240)
    truthy((done.returncode != 0) == fails, f"ended with {done.returncode}: {done.stderr[-400:]}")
    return done.stderr if fails else done.stdout


def going_on():
    llm("-m", "small", "My name is Ada.", "-o", "max_tokens", "8")
    truthy(llm("-c", "Say hello.", "-o", "max_tokens", "8").strip(), "no text")
    logged = json.loads(llm("logs", "list", "--json", "-n", "2"))
    truthy(logged[0]["conversation_id"] == logged[1]["conversation_id"], "another conversation")
    truthy(logged[1]["input_tokens"] > logged[0]["input_tokens"], "the history is not there")


def tools():
    said = llm("-m", "small", "--functions", str(home_of_llm / "tools.py"), "-o", "max_tokens", "24", "How many looms has Rome?")
    truthy(said.strip(), "no text where a tool is offered")


def thread():
    one = new_thread()
    headed = [known("says-on", "says", headers={"Heddle-Thread": one})]
    (home_of_llm / "extra-openai-models.yaml").write_text(json.dumps([*models, *headed]))
    for said in ("tea", "milk"):
        truthy(llm("-m", "says-on", said).strip() == f"You said {said}", "another text")
    continues(one, "tea", "milk")


def errors():
    truthy("no-such-model" in llm("-m", "unknown", "tea", fails=True), "the error does not name the model")
    said = llm("-m", "stranger", "tea", fails=True)
    truthy("401" in said or "unauthorized" in said, said)


embed = """
import json, sys, llm
from llm.default_plugins.openai_models import OpenAIEmbeddingModel
"""
check("chat", lambda: truthy(llm("-m", "small", "--no-stream", "-o", "max_tokens", "24", QUESTION).strip(), "no text"))
check("chat: a workflow", lambda: truthy(llm("-m", "says", "tea").strip() == "You said tea", "another text"))
check("chat: responses", lambda: truthy(llm("-m", "small-responses", "-s", "Be short.", QUESTION).strip(), "no text"))
check("chat: legacy completions", lambda: truthy(llm("-m", "small-completion", "-o", "max_tokens", "16", "Once").strip(), "no text"))
check("stream", lambda: truthy(llm("-m", "small", "-o", "max_tokens", "24", QUESTION).strip(), "no text"))
check("chat: it goes on", going_on)
check("tools: offered", tools)
check("structured output", lambda: fits(json.loads(llm("-m", "small", "--schema", json.dumps(SCHEMA), "-o", "max_tokens", "60", FACTS))))
check("threads", thread)
check("errors: an unknown model and a wrong key", errors)
