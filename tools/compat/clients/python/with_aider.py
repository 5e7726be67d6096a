"""aider, on the command line: it edits a file as the model says."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from checks import KEY, base, check, new_thread, texts_of, truthy

program = pathlib.Path(sys.executable).with_name("aider")


def aider(*args, model="edits", key=KEY, settings=None):
    """Runs it in a folder of its own; gives the text of the file and what it said."""
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "greet.txt").write_text("Good morning\n")
    # Its files are YAML, and JSON is YAML.
    (folder / "settings.yml").write_text(json.dumps([{"name": f"openai/{model}", "edit_format": "whole", **(settings or {})}]))
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIDER_")},
        **{"HOME": str(folder), "OPENAI_API_KEY": key, "OPENAI_API_BASE": base, "NO_PROXY": "127.0.0.1"},
        **{"LITELLM_LOCAL_MODEL_COST_MAP": "True", "AIDER_ANALYTICS": "false"},
    }
    given = ["--model", f"openai/{model}", "--model-settings-file", "settings.yml", "--no-git", "--yes-always", "--no-check-update"]
    still = ["--no-show-model-warnings", "--no-pretty", "--no-analytics", "--no-show-release-notes", "--map-tokens", "0"]
    done = subprocess.run(
        [program, *given, *still, *args, "--message", "Write Hello", "greet.txt"],
        **{"cwd": folder, "env": env, "capture_output": True, "text": True, "timeout": 300, "stdin": subprocess.DEVNULL},
    )
    return (folder / "greet.txt").read_text(), done.stdout + done.stderr


def edits(*args, **given):
    text, said = aider(*args, **given)
    truthy(text == "Hello\n", f"the file holds {text!r}: {said[-600:]}")


def thread():
    one = new_thread("edits")
    edits("--no-stream", settings={"extra_params": {"extra_body": {"thread": one}}})
    truthy("Write Hello" in texts_of(one)[0], f"the thread holds {texts_of(one)}")


def errors():
    text, said = aider("--no-stream", model="no-such-model")
    truthy(text == "Good morning\n" and "no-such-model" in said, said[-600:])
    text, said = aider("--no-stream", key="hk_wrong")
    truthy(text == "Good morning\n" and "AuthenticationError" in said, said[-600:])


check("chat: a file is edited", lambda: edits("--no-stream"))
check("stream: a file is edited", lambda: edits("--stream"))
check("threads", thread)
check("errors: an unknown model and a wrong key", errors)
