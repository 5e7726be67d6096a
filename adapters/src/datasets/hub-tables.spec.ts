import { expect, it } from '@jest/globals';
import type { DatasetFormat, DatasetRow } from '@heddle/core';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { readDataset } from './read-dataset.js';

// Written by Python's `datasets`: `python tools/compat/clients/hub_tables.py write adapters/src/datasets/__fixtures__`.
async function read(format: DatasetFormat, name: string): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = [];
  const content = createReadStream(join(import.meta.dirname, '__fixtures__', name));
  for await (const row of readDataset(format, [{ name: `data/${name}`, content }])) rows.push(row);
  return rows;
}

const chats = [
  { inputs: { messages: [{ role: 'user', content: 'Hi' }] }, expected: 'Hello', label: 'internal' },
  {
    inputs: {
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Bye' },
      ],
    },
    label: 'internal',
  },
];

it('reads a table of Hugging Face: lists in objects, classes, empty cells, and the split of its name', async () => {
  expect(await read('parquet', 'train-00000-of-00001.parquet')).toEqual([
    {
      inputs: { question: 'Why?', answers: { text: ['So'], start: [0] }, score: 0.5 },
      expected: 1,
      label: 'internal',
      split: 'train',
    },
    { inputs: { question: 'ünï ✓', answers: { text: [], start: [] } }, expected: 0, label: 'internal', split: 'train' },
  ]);
}, 240_000);

it('reads chats of Hugging Face in Parquet with Zstandard, and as JSON lines', async () => {
  expect(await read('parquet', 'test-00000-of-00001.parquet')).toEqual(chats.map((row) => ({ ...row, split: 'test' })));
  expect(await read('messages', 'validation.jsonl')).toEqual(chats.map((row) => ({ ...row, split: 'validation' })));
}, 240_000);
