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

const text = (value: string): Buffer => Buffer.concat([uint64(value.length), Buffer.from(value)]);

/** A whole GGUF file: an architecture and one tensor of F32 weights; all its bytes are `fill`. */
export function tinyGguf(weights = 64, fill = 1): Buffer {
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(1),
    uint64(1),
    text('general.architecture'),
    uint32(8),
    text('llama'),
    text('output.weight'),
    uint32(1),
    uint64(weights),
    uint32(0),
    uint64(0),
  ]);
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), Buffer.alloc(weights * 4, fill)]);
}
