// Writes a LoRA adapter for a llama-like model: rank 1, on the attention output of some layers, all weights alike.

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([uint64(value.length), Buffer.from(value)]);
const textValue = (key: string, value: string): Buffer => Buffer.concat([text(key), uint32(8), text(value)]);

/** @param width length of the model's states. */
export function tinyLora(width: number, layers: readonly number[], weight: number): Buffer {
  const metadata = [
    textValue('general.architecture', 'llama'),
    textValue('general.type', 'adapter'),
    textValue('adapter.type', 'lora'),
    Buffer.concat([text('adapter.lora.alpha'), uint32(6), float32(1)]),
  ];
  const names = layers.flatMap((layer) =>
    ['a', 'b'].map((part) => ({ part, name: `blk.${layer}.attn_output.weight.lora_${part}` })),
  );
  const bytes = width * 4;
  const tensors = names.map(({ name, part }, index) =>
    Buffer.concat([
      text(name),
      uint32(2),
      ...(part === 'a' ? [uint64(width), uint64(1)] : [uint64(1), uint64(width)]),
      uint32(0),
      uint64(index * bytes),
    ]),
  );
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(names.length),
    uint64(metadata.length),
    ...metadata,
    ...tensors,
  ]);
  const weights = Buffer.concat(
    names.flatMap(() => Array.from({ length: width }, (_, index) => float32(index % 2 === 0 ? weight : -weight))),
  );
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), weights]);
}
