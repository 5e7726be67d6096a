"""Reads and writes tables with Hugging Face's `datasets`.

read FILE    prints the rows of a Parquet or JSON lines file, and its columns with their types
write FOLDER writes the files that the specs of adapters/src/datasets read
"""
import json
import sys

import pyarrow.parquet as pq
from datasets import Dataset, load_dataset

ROWS = [
    {"question": "Why?", "answers": {"text": ["So"], "start": [0]}, "label": 1, "score": 0.5},
    {"question": "ünï ✓", "answers": {"text": [], "start": []}, "label": 0, "score": None},
]
CHATS = [
    {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Bye"}]},
]


def read(path):
    kind = "parquet" if path.endswith(".parquet") else "json"
    table = load_dataset(kind, data_files=path, split="train", cache_dir=sys.argv[3])
    print(json.dumps({"columns": {name: str(kind) for name, kind in table.features.items()}, "rows": list(table)}))


def write(folder):
    Dataset.from_list(ROWS).to_parquet(f"{folder}/train-00000-of-00001.parquet")
    pq.write_table(Dataset.from_list(CHATS).data.table, f"{folder}/test-00000-of-00001.parquet", compression="zstd")
    Dataset.from_list(CHATS).to_json(f"{folder}/validation.jsonl")


{"read": read, "write": write}[sys.argv[1]](sys.argv[2])
