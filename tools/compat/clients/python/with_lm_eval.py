"""lm-eval: a task of our own on its two kinds of OpenAI-compatible models."""

import json
import os
import pathlib
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false", OPENAI_API_KEY="")
folder = pathlib.Path(tempfile.mkdtemp())
os.environ["HF_HOME"] = str(folder / "hub")
import lm_eval
from lm_eval.tasks import TaskManager

from checks import KEY, MODEL, base, check, continues, new_thread, raises, truthy

os.environ["OPENAI_API_KEY"] = KEY
(folder / "rows.jsonl").write_text("".join(json.dumps({"said": said}) + "\n" for said in ("tea", "milk")))
task = lambda name, **given: (folder / f"{name}.yaml").write_text(
    json.dumps(
        {
            **{"task": name, "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": str(folder / "rows.jsonl")}}},
            **{"test_split": "test", "doc_to_text": "{{said}}", **given},
        }
    )
)
exact = [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}]
until = lambda **given: {"until": [], "do_sample": False, "temperature": 0, "max_gen_toks": 16, **given}
task("says", output_type="generate_until", doc_to_target="You said {{said}}", metric_list=exact, generation_kwargs=until())
tasks = TaskManager(include_path=str(folder), include_defaults=False)


def run(kind, path, model, name="says", **given):
    args = {"model": model, "base_url": f"{base}/{path}", "max_retries": 1, "tokenizer_backend": None, "tokenized_requests": False}
    is_chat = kind == "local-chat-completions"
    return lm_eval.simple_evaluate(kind, args, tasks=[name], task_manager=tasks, apply_chat_template=is_chat, bootstrap_iters=0, **given)


def scores_one(result):
    truthy(result["results"]["says"]["exact_match,none"] == 1, f"{result['results']}")


def thread():
    one = new_thread()
    scores_one(run("local-chat-completions", "chat/completions", "says", gen_kwargs={"thread": one}))
    continues(one, "tea", "milk")


def errors():
    raises(lambda: run("local-chat-completions", "chat/completions", "no-such-model"), "404")
    os.environ["OPENAI_API_KEY"] = "hk_wrong"
    try:
        raises(lambda: run("local-chat-completions", "chat/completions", "says"), "401")
    finally:
        os.environ["OPENAI_API_KEY"] = KEY


check("chat: answers of a workflow are scored", lambda: scores_one(run("local-chat-completions", "chat/completions", "says")))
check("chat: legacy completions", lambda: scores_one(run("local-completions", "completions", "says")))
check("chat: a model", lambda: truthy(run("local-chat-completions", "chat/completions", MODEL), "no result"))
check("threads", thread)
check("errors: an unknown model and a wrong key", errors)
