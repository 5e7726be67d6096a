"""Reads and writes samples and registries with OpenAI's `evals`.

read FILE        prints the samples of a JSON lines file
registry FOLDER  prints the evals of a registry folder: class and arguments
write FOLDER     writes a sample file with the JSON writer of evals, and copies one eval of its own registry
"""
import json
import shutil
import sys
from pathlib import Path

import evals
from evals.data import get_jsonl, jsondumps
from evals.registry import Registry


def read(path):
    print(json.dumps(get_jsonl(path)))


def registry(folder):
    found = Registry([Path(folder)])
    print(json.dumps({spec.key: {"cls": spec.cls, "args": spec.args} for spec in map(found.get_eval, sys.argv[3:])}))


def write(folder):
    rows = [
        {"input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Capital of France?"}], "ideal": "Paris"},
        {"input": "2 + 2 = ünï ✓", "ideal": ["4", "four"]},
    ]
    Path(folder, "written.jsonl").write_text("".join(jsondumps(row) + "\n" for row in rows))
    own = Path(evals.__file__).parent / "registry"
    shutil.copy(own / "evals" / "2d_movement.yaml", Path(folder, "registry.yaml"))
    shutil.copy(own / "data" / "2d_movement" / "samples.jsonl", Path(folder, "samples.jsonl"))


{"read": read, "registry": registry, "write": write}[sys.argv[1]](sys.argv[2])
