import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { prepareNode, preparePython } from './prepare-partners.mjs';

const run = promisify(execFile);
const clients = join(import.meta.dirname, 'clients');
const script = join(clients, 'hub_tables.py');

/** Rows that use every member of a row. */
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

async function readFiles(format, files) {
  const { readDataset } = await import('@heddle/adapters/datasets');
  const found = [];
  for await (const row of readDataset(format, files, {})) found.push(row);
  return found;
}

const readAll = (format, name, content) => readFiles(format, [{ name, content }]);

function same(given, wanted, what) {
  const left = JSON.stringify(given);
  const right = JSON.stringify(wanted);
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

/** Exports rows as the server does. */
async function exported(query, given) {
  const { exportRows } = await import('../../server/dist/datasets/export-rows.js');
  const stored = given.map((row) => ({ ...row, hash: 'h' }));
  const store = {
    get: () => Promise.resolve({ version: 1, name: 'Questions' }),
    rows: () => Promise.resolve({ rows: stored }),
  };
  const parts = [];
  for await (const part of await exportRows(store, 'd', { part: 'rows', ...query })) parts.push(part);
  return parts.join('');
}

/** Two questions with text answers, in the form that OpenAI Evals and promptfoo support. */
const questions = [
  {
    ...{ id: 'a', inputs: { question: 'Why? ünï ✓' }, expected: 'Why? ünï ✓', label: 'public', tags: ['x'] },
    references: [{ document: 'd.md', text: 'A text.', grade: 1 }],
  },
  {
    id: 'b',
    inputs: { question: 'And "this"?\nOr: that #1' },
    expected: { answer: 7 },
    label: 'restricted',
    unreviewed: true,
  },
];

async function openaiEvals({ partner: { python }, report, folder }) {
  mkdirSync(join(folder, 'registry', 'evals'), { recursive: true });
  const env = { ...process.env, OPENAI_API_KEY: 'none' };
  const call = async (...args) =>
    (await run(python, [join(clients, 'openai_evals.py'), ...args], { env, maxBuffer: 10_000_000 })).stdout;
  await report('evals reads our samples', async () => {
    const file = join(folder, 'samples.jsonl');
    const asked = questions.map((row) => ({ ...row, inputs: { input: row.inputs.question } }));
    writeFileSync(file, await exported({ format: 'openai' }, asked));
    const read = JSON.parse(await call('read', file));
    same(
      read.map(({ input, ideal }) => ({ input, ideal })),
      questions.map(({ inputs, expected }) => ({ input: inputs.question, ideal: expected })),
      'samples',
    );
  });
  await report('evals reads our registry', async () => {
    writeFileSync(
      join(folder, 'registry', 'evals', 'questions.yaml'),
      await exported({ format: 'openai', part: 'registry' }, []),
    );
    const read = JSON.parse((await call('registry', join(folder, 'registry'), 'questions')).trim().split('\n').at(-1));
    same(read['questions.test.v1']?.args, { samples_jsonl: 'questions/samples.jsonl' }, 'the arguments');
  });
  await report('we read what evals writes, and an eval of its registry', async () => {
    await call('write', folder);
    const open = (name) => ({ name, content: createReadStream(join(folder, name)) });
    const written = await readFiles('openai', [open('written.jsonl')]);
    same(
      written.map(({ expected }) => expected),
      ['Paris', ['4', 'four']],
      'the ideals',
    );
    same(written[0].inputs.input.length, 2, 'the messages');
    const own = await readFiles('openai', [open('registry.yaml'), open('samples.jsonl')]);
    if (own.length < 10 || own.some(({ expected }) => expected === undefined))
      throw new Error(`${own.length} rows of the registry's eval, some without an ideal`);
  });
}

async function promptfooTests({ partner, report, folder }) {
  mkdirSync(folder, { recursive: true });
  const env = {
    ...process.env,
    ...{ PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', PROMPTFOO_DISABLE_REMOTE_GENERATION: '1' },
    PROMPTFOO_CONFIG_DIR: join(folder, 'state'),
  };
  const understood = async (name, text) => {
    const file = join(folder, name);
    const out = join(folder, `${name}.out.json`);
    writeFileSync(file, text);
    const args = [join(clients, 'promptfoo_tests.mjs'), partner.folder, file, out];
    await run(process.execPath, args, { env, maxBuffer: 10_000_000, timeout: 180_000 });
    return JSON.parse(readFileSync(out, 'utf8'));
  };
  for (const [what, name, query] of [
    ['YAML', 'tests.yaml', { format: 'promptfoo', part: 'yaml' }],
    ['JSON lines', 'tests.jsonl', { format: 'promptfoo' }],
  ])
    await report(`promptfoo reads our ${what}, and it comes back the same`, async () => {
      const read = await understood(name, await exported(query, questions));
      same(
        read.map(({ vars }) => vars),
        questions.map(({ inputs }) => inputs),
        'the variables',
      );
      // The provider repeats the question, so the first test passes and the second, which expects something else, fails.
      same(
        read.map(({ success }) => success),
        [true, false],
        'the results',
      );
      const again = read.map(({ vars, assert, metadata }) => JSON.stringify({ vars, assert, metadata })).join('\n');
      const back = await readFiles('promptfoo', [
        { name: 'again.jsonl', content: Readable.from([Buffer.from(again)]) },
      ]);
      same(sorted(back), sorted(questions), 'our rows, read again');
    });
}

/** Sorts the members of each row, for comparison. */
const sorted = (rows) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));

/** Tests dataset files that other programs write and read. These cases need no server and no model. */
export const datasetCases = [
  {
    ...{ name: 'python-datasets', title: 'datasets of Hugging Face (Python)', isPlain: true },
    needs: () => preparePython('datasets', ['datasets==5.2.0']),
    run: pythonDatasets,
  },
  {
    ...{ name: 'openai-evals', title: 'evals of OpenAI (Python)', isPlain: true },
    // The declared requirements of evals include large machine learning libraries; these packages are what it imports for data and
    // registries.
    needs: async () => {
      const needed = await preparePython('openai-evals', [
        ...['blobfile', 'lz4', 'pyzstd', 'pydantic', 'pyyaml', 'zstandard', 'openai==1.55.3', 'httpx<0.28'],
        ...['backoff', 'numpy', 'pandas', 'tqdm', 'requests', 'setuptools', 'tiktoken'],
      ]);
      return needed.skip === undefined ? preparePython('openai-evals', ['--no-deps', 'evals==3.0.1.post1']) : needed;
    },
    run: openaiEvals,
  },
  {
    ...{ name: 'promptfoo', title: 'promptfoo (Node)', isPlain: true },
    needs: () => prepareNode('promptfoo', ['promptfoo@0.119.0', 'axios']),
    run: promptfooTests,
  },
];
