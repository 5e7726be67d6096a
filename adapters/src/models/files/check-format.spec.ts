import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelFile } from '@heddle/core';
import { tinyEmbedder, tinyScorer, tinyTagger } from '../onnx/__fixtures__/tiny-onnx.js';
import { tinyLora } from '../llama/__fixtures__/tiny-lora.js';
import { tinyGguf } from './__fixtures__/tiny-gguf.js';
import { checkFormat } from './check-format.js';

const vocabulary = '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb';
const head = JSON.stringify({
  heddle: 'classifier-head',
  version: 1,
  embedding: 'vectors',
  dimensions: 1,
  labels: ['a'],
  weights: [[1]],
  bias: [0],
});

function check(format: ModelCard['format'], role: ModelFile['role'], content: Uint8Array | string): Promise<void> {
  const card = ModelCard.parse({
    id: 'm',
    title: 'M',
    kind: 'classify',
    runtime: 'onnx',
    summary: '',
    publisher: '',
    licence: 'MIT',
    use: '',
    format,
    contextTokens: 1,
    languages: [],
    files: [{ role, name: 'f', sources: ['file:/f'] }],
  });
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'heddle-format-')), 'f');
  writeFileSync(file, content);
  return checkFormat(card, { role }, file);
}

const onnx = Buffer.from(tinyScorer([1], 'attention_mask'));

describe('the format of a model file', () => {
  it.each<readonly [string, ModelCard['format'], ModelFile['role'], Uint8Array | string]>([
    ['a GGUF model', 'gguf', 'weights', tinyGguf()],
    ['a LoRA adapter', 'gguf', 'adapter', tinyLora(8, [0], 1)],
    ['an ONNX scorer', 'onnx', 'weights', onnx],
    ['an ONNX tagger', 'onnx', 'weights', tinyTagger([[1]])],
    ['an ONNX embedder', 'onnx', 'weights', tinyEmbedder()],
    ['a head', 'head', 'weights', head],
    ['a tokenizer', 'onnx', 'tokenizer', '{"model":{}}'],
    ['a list of words', 'onnx', 'vocabulary', vocabulary],
  ])('accepts %s', async (_name, format, role, content) => {
    await check(format, role, content);
  });

  const page = '<!doctype html><title>Sign in</title>';
  it.each<readonly [string, ModelCard['format'], ModelFile['role'], Uint8Array | string]>([
    ['two bytes as GGUF', 'gguf', 'weights', '{}'],
    ['two bytes as ONNX', 'onnx', 'weights', '{}'],
    ['two bytes as a head', 'head', 'weights', '{}'],
    ['nothing as ONNX', 'onnx', 'weights', ''],
    ['nothing as a tokenizer', 'onnx', 'tokenizer', ''],
    ['a page as GGUF', 'gguf', 'weights', page],
    ['a page as ONNX', 'onnx', 'weights', page],
    ['a page as a tokenizer', 'onnx', 'tokenizer', page],
    ['a page as a vocabulary', 'onnx', 'vocabulary', page],
    ['a text as a tokenizer', 'onnx', 'tokenizer', '"text"'],
    ['a GGUF model as ONNX', 'onnx', 'weights', tinyGguf()],
    ['an ONNX model as GGUF', 'gguf', 'weights', onnx],
    ['zeros as ONNX', 'onnx', 'weights', Buffer.alloc(100)],
    ['a version without a graph', 'onnx', 'weights', Buffer.from([8, 8])],
    ['a graph without nodes', 'onnx', 'weights', Buffer.from([8, 8, 58, 3, 18, 1, 65])],
  ])('refuses %s', async (_name, format, role, content) => {
    await expect(check(format, role, content)).rejects.toMatchObject({
      code: 'model_file_invalid',
      message: expect.stringMatching(/heddle models|Fetch the model again/) as unknown,
    });
  });

  it('refuses an ONNX model that is truncated anywhere or has bytes after its end', async () => {
    for (let length = 0; length < onnx.length; length += 1)
      await expect(check('onnx', 'weights', onnx.subarray(0, length))).rejects.toMatchObject({
        code: 'model_file_invalid',
      });
    await expect(check('onnx', 'weights', Buffer.concat([onnx, Buffer.alloc(1)]))).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });
});
