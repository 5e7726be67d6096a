"""Writes a LoRA adapter of PEFT as a GGUF file for llama.cpp. Usage: convert.py ADAPTER MODEL.gguf OUT.gguf

For models of the llama family, in the form of llama.cpp's own convert_lora_to_gguf.py, which also knows the others.
"""

import json
import re
import sys
from pathlib import Path

import gguf
import numpy
from safetensors.numpy import load_file

adapter, weights, out = map(Path, sys.argv[1:4])
names = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
fields = gguf.GGUFReader(weights).fields
architecture = fields["general.architecture"].contents()
heads = {
    "attn_q": fields[f"{architecture}.attention.head_count"].contents(),
    "attn_k": fields[f"{architecture}.attention.head_count_kv"].contents(),
}


def rows_of_llama(name, matrix):
    """llama.cpp holds the two halves of each head interleaved."""
    if name not in heads:
        return matrix
    split = matrix.reshape(heads[name], 2, matrix.shape[0] // heads[name] // 2, matrix.shape[1])
    return split.swapaxes(1, 2).reshape(matrix.shape)


writer = gguf.GGUFWriter(out, architecture)
writer.add_string("general.type", "adapter")
writer.add_string("adapter.type", "lora")
writer.add_float32("adapter.lora.alpha", float(json.loads((adapter / "adapter_config.json").read_text())["lora_alpha"]))
count = 0
for key, matrix in load_file(adapter / "adapter_model.safetensors").items():
    layer, module, part = re.fullmatch(r".*layers\.(\d+)\.(\w+\.\w+)\.lora_([AB])\.weight", key).groups()
    name = names[module]
    # The first matrix reads the input, the second one writes the output, whose rows llama.cpp orders.
    matrix = rows_of_llama(name, matrix) if part == "B" else matrix
    writer.add_tensor(f"blk.{layer}.{name}.weight.lora_{part.lower()}", numpy.ascontiguousarray(matrix, numpy.float32))
    count += 1
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
print(json.dumps({"tensors": count}))
