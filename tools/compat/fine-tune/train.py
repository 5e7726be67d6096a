"""Trains a LoRA adapter on a training set, on a CPU. Usage: train.py MODEL.gguf SET.jsonl OUT [STEPS]

Prints the loss of the answers before and after, as JSON. The weights are read from the GGUF file, so that no hub is needed.
"""

import json
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

weights, data, out = map(Path, sys.argv[1:4])
steps = int(sys.argv[4]) if len(sys.argv) > 4 else 60
torch.manual_seed(1)

tokenizer = AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)
model = AutoModelForCausalLM.from_pretrained(weights.parent, gguf_file=weights.name, dtype=torch.float32)
model = get_peft_model(
    model,
    LoraConfig(
        r=8,
        lora_alpha=16,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        task_type="CAUSAL_LM",
    ),
)


def tokens_of(text):
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def example_of(messages):
    """Only the answer is learned; the question is masked."""
    question = tokenizer.apply_chat_template(messages[:-1], add_generation_prompt=True, tokenize=False)
    asked, answered = tokens_of(question), tokens_of(messages[-1]["content"] + "<|im_end|>")
    labels = [-100] * len(asked) + answered
    return {"input_ids": torch.tensor([asked + answered]), "labels": torch.tensor([labels])}


examples = [example_of(json.loads(line)["messages"]) for line in data.read_text().splitlines() if line.strip()]


def mean_loss():
    with torch.no_grad():
        return sum(model(**example).loss.item() for example in examples) / len(examples)


before = mean_loss()
optimiser = torch.optim.AdamW([weight for weight in model.parameters() if weight.requires_grad], lr=2e-3)
for step in range(steps):
    optimiser.zero_grad()
    model(**examples[step % len(examples)]).loss.backward()
    optimiser.step()
model.save_pretrained(out)
print(json.dumps({"examples": len(examples), "before": before, "after": mean_loss()}))
