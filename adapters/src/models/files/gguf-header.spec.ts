import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkGguf } from './gguf-header.js';
import { createHeaderReader } from './read-header.js';

const text = (value: string): Buffer => Buffer.concat([uint64(value.length), Buffer.from(value)]);
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

/** A complete GGUF file with two values, a vocabulary of two words, and one tensor of 64 weights (floats of 32 bits). */
function gguf(): Buffer {
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(1),
    uint64(3),
    text('general.architecture'),
    uint32(8),
    text('llama'),
    text('llama.context_length'),
    uint32(4),
    uint32(8192),
    text('tokenizer.ggml.tokens'),
    uint32(9),
    uint32(8),
    uint64(2),
    text('a'),
    text('b'),
    text('output.weight'),
    uint32(2),
    uint64(32),
    uint64(2),
    uint32(0),
    uint64(0),
  ]);
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), Buffer.alloc(256)]);
}

function write(content: Buffer | string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'heddle-gguf-')), 'm.gguf');
  writeFileSync(file, content);
  return file;
}

describe('checkGguf', () => {
  it('reads the header', async () => {
    const header = await checkGguf(write(gguf()));
    expect(header).toMatchObject({ version: 3, tensors: 1 });
    expect(Object.fromEntries(header.metadata)).toEqual({
      'general.architecture': 'llama',
      'llama.context_length': 8192,
      'tokenizer.ggml.tokens': 2,
    });
  });

  it('refuses a file that is truncated anywhere', async () => {
    const whole = gguf();
    for (let length = 4; length < whole.length; length += 1) {
      await expect(checkGguf(write(whole.subarray(0, length)))).rejects.toMatchObject({ code: 'model_file_invalid' });
    }
  });

  it.each([
    ['a renamed text file', 'Dear reader, this is no model.', /text file/],
    ['another format', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]), /not a GGUF model/],
    ['an empty file', '', /ends too early/],
    ['a large file pointer', 'version https://git-lfs.github.com/spec/v1', /pointer/],
    ['an unknown version', Buffer.concat([Buffer.from('GGUF'), uint32(99), uint64(0), uint64(0)]), /version 99/],
    ['absurd counts', Buffer.concat([Buffer.from('GGUF'), uint32(3), uint64(2 ** 40), uint64(1)]), /damaged/],
  ])('refuses %s', async (_name, content, reason) => {
    await expect(checkGguf(write(content))).rejects.toMatchObject({
      code: 'model_file_invalid',
      message: expect.stringMatching(reason) as unknown,
    });
  });
});

describe('createHeaderReader', () => {
  it('returns the header of a file, and reads it again when the file has changed', async () => {
    const file = write(gguf());
    const read = createHeaderReader();
    expect(await read(file)).toMatchObject({ 'general.architecture': 'llama', 'llama.context_length': 8192 });
    writeFileSync(file, 'no model any more');
    expect(await read(file)).toBeUndefined();
  });

  it('returns nothing for a missing file', async () => {
    expect(await createHeaderReader()('/nowhere/m.gguf')).toBeUndefined();
  });
});
