import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { preparePython } from './prepare-partners.mjs';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'clients', 'hub_tables.py');

/** Rows with all that a row can hold. */
const rows = [
  {
    ...{
      id: 'a',
      inputs: { question: 'Why?', context: 'ünï ✓' },
      expected: 'So',
      tags: ['x', 'y'],
      split: 'test',
      label: 'public',
    },
    ...{ references: [{ document: 'd.md', text: 'A text.', grade: 2 }], metadata: { note: 'n' } },
  },
  { id: 'b', inputs: { question: 'And?' }, label: 'restricted' },
];

async function readAll(format, name, content) {
  const { readDataset } = await import('@heddle/adapters/datasets');
  const found = [];
  for await (const row of readDataset(format, [{ name, content }])) found.push(row);
  return found;
}

function same(given, wanted, what) {
  const [left, right] = [JSON.stringify(given), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: ${left.slice(0, 300)} is not ${right.slice(0, 300)}`);
}

async function pythonDatasets({ partner: { python }, report, folder }) {
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1' };
  const call = async (...args) => (await run(python, [script, ...args], { env, maxBuffer: 10_000_000 })).stdout;
  await report('datasets reads our Parquet', async () => {
    const { parquetOf } = await import('@heddle/adapters/datasets');
    const file = join(folder, 'ours.parquet');
    const parts = [];
    for await (const part of parquetOf(() => rows.map((row) => ({ ...row, hash: 'h' })))) parts.push(part);
    writeFileSync(file, Buffer.concat(parts));
    const { rows: read } = JSON.parse(await call('read', file, join(folder, 'cache')));
    same(
      read.map(({ id, question, context, expected, split, label }) => ({
        id,
        question,
        context,
        expected,
        split,
        label,
      })),
      [
        { id: 'a', question: 'Why?', context: 'ünï ✓', expected: 'So', split: 'test', label: 'public' },
        { id: 'b', question: 'And?', context: null, expected: null, split: null, label: 'restricted' },
      ],
      'rows',
    );
    same(read[0].tags, ['x', 'y'], 'tags');
  });
  await report('datasets reads our chats', async () => {
    const { recordOfRow } = await import('@heddle/core');
    const file = join(folder, 'chats.jsonl');
    writeFileSync(
      file,
      rows.map((row) => JSON.stringify({ messages: recordOfRow('messages', row).messages })).join('\n'),
    );
    const { rows: read } = JSON.parse(await call('read', file, join(folder, 'cache')));
    if (read[0].messages.length !== 2) throw new Error(`the chat has ${read[0].messages.length} messages`);
  });
  await report('we read what datasets writes', async () => {
    await call('write', folder);
    const name = 'train-00000-of-00001.parquet';
    const [first] = await readAll('parquet', name, createReadStream(join(folder, name)));
    same([first.inputs.question, first.expected, first.split], ['Why?', 1, 'train'], 'the first row');
    const chats = await readAll('messages', 'validation.jsonl', createReadStream(join(folder, 'validation.jsonl')));
    same(
      chats.map(({ expected }) => expected ?? null),
      ['Hello', null],
      'the chats',
    );
  });
}

/** Files of datasets, written and read by others. They need no server and no model. */
export const datasetCases = [
  {
    ...{ name: 'python-datasets', title: 'datasets of Hugging Face (Python)', isPlain: true },
    needs: () => preparePython('datasets', ['datasets==5.2.0']),
    run: pythonDatasets,
  },
];
