import { readFile } from 'node:fs/promises';
import { HeddleError, type ModelCard, type ModelFile } from '@heddle/core';
import { readHead } from '../head/head-file.js';
import { bertTokenizerJson } from '../tokenizers/bert-tokenizer-json.js';
import { checkGguf } from './gguf-header.js';
import { readMessagePack } from '../spacy/message-pack.js';
import { readWeights } from '../spacy/read-weights.js';
import { createWordSplitter } from '../spacy/split-words.js';
import { invalidFile } from './file-reader.js';
import { checkOnnx } from './onnx-header.js';

/** In characters: a parser may quote much of the file. */
const longestReason = 200;

/** Checks that the content of a file has the format that its card names. Errors: `model_file_invalid`. */
export async function checkFormat(card: ModelCard, { role }: Pick<ModelFile, 'role'>, file: string): Promise<void> {
  if (card.format === 'spacy') return checkSpacy(role, file);
  switch (role) {
    case 'weights':
      return checkWeights(card.format, file);
    case 'adapter':
    case 'projector':
      await checkGguf(file);
      return;
    case 'vocabulary':
      return checkText(file, bertTokenizerJson);
    case 'tokenizer':
    case 'config':
      return checkText(file, parseObject);
  }
}

async function checkWeights(format: ModelCard['format'], file: string): Promise<void> {
  switch (format) {
    case 'gguf':
      await checkGguf(file);
      return;
    case 'onnx':
      return checkOnnx(file);
    case 'head':
      await readHead(file);
      return;
    case 'spacy':
      return checkSpacy('weights', file);
  }
}

async function checkSpacy(role: ModelFile['role'], file: string): Promise<void> {
  const content = readMessagePack(await readFile(file));
  if (role === 'weights') readWeights(content);
  else if (role === 'tokenizer') createWordSplitter(content);
}

async function checkText(file: string, parse: (text: string) => unknown): Promise<void> {
  try {
    parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, longestReason) : 'it cannot be parsed';
    const { code, message } = invalidFile(`'${file}' cannot be read: ${reason}.`);
    throw new HeddleError(code, message, { cause });
  }
}

function parseObject(text: string): void {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('it is not a JSON object');
}
