import { afterEach, describe, expect, it } from '@jest/globals';
import { DatasetRow, isPlainObject, rowOfRecord, type DatasetFormat, type StoredDatasetRow } from '@heddle/core';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { readDataset } from '../read-dataset.js';
import { parquetOf } from '../write-parquet.js';
import { parquetRows } from './parquet-rows.js';
import { plainValue } from './plain-value.js';
import { promptfooTests, registeredEvals, yamlValue } from './yaml-rows.js';

let temporary = temporaryFolder();
afterEach(() => {
  temporary.remove();
  temporary = temporaryFolder();
});

async function* once(bytes: Uint8Array | string) {
  yield Buffer.from(bytes);
}
const file = (name: string, bytes: Uint8Array | string) => ({ name, content: once(bytes) });
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
/** Reads in the child process, as an import does. */
const readApart = (format: DatasetFormat, ...files: ReturnType<typeof file>[]): Promise<DatasetRow[]> =>
  all(readDataset(format, files));
/** Reads without the child process, whose start takes a second. */
async function read(format: 'parquet' | 'promptfoo', bytes: Uint8Array | string): Promise<DatasetRow[]> {
  const path = inFolder('table', bytes);
  const records = format === 'parquet' ? await all(parquetRows(path)) : promptfooTests(await yamlValue(path));
  return records.map((record) => rowOfRecord(format, record));
}
const stored = (rows: readonly object[]): StoredDatasetRow[] =>
  rows.map((row, index) => ({ ...DatasetRow.parse({ id: `r${index}`, ...row }), id: `r${index}`, hash: 'h' }));
const written = async (rows: readonly object[]): Promise<Buffer> =>
  Buffer.concat(await all(parquetOf(() => Readable.from(stored(rows)))));
const without = (rows: readonly StoredDatasetRow[]) => rows.map(({ hash: _hash, ...row }) => row);
function inFolder(name: string, text: string | Uint8Array): string {
  const path = join(temporary.folder, name);
  writeFileSync(path, text);
  return path;
}

describe('Parquet', () => {
  it.each([
    [
      'texts in columns of their own',
      [
        {
          inputs: { question: 'Why?', context: 'ünï\u0000' },
          expected: 'So',
          tags: ['a', 'b'],
          split: 'test',
          label: 'restricted',
          run: 'run-1',
        },
        { inputs: { question: '' }, references: [{ document: 'd', text: 't', grade: 2 }], metadata: { a: { b: [1] } } },
      ],
    ],
    [
      'values of any kind',
      [
        { inputs: { n: 1, list: [1, 'x', { y: true }] }, expected: { a: [1] } },
        { inputs: { n: 'text' }, expected: 'text' },
      ],
    ],
    [
      'inputs with the names of fields',
      [{ inputs: { id: 'x', split: 'y', messages: [{ role: 'user', content: 'Hi' }] } }, { inputs: {} }],
    ],
    [
      'many rows',
      Array.from({ length: 4_500 }, (_none, index) => ({
        inputs: { q: `Question ${index}` },
        expected: String(index),
      })),
    ],
  ])('keeps %s when written and read', async (_what, rows) => {
    expect(await read('parquet', await written(rows))).toEqual(without(stored(rows)));
  });

  it('reads tables from other programs: classes, numbers, lists, chats', async () => {
    const table = Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'text', data: ['good', 'bad'], type: 'STRING' },
          { name: 'label', data: [1, 0], type: 'INT32' },
          { name: 'big', data: [2n ** 60n, 5n], type: 'INT64' },
        ],
      }),
    );
    expect(await read('parquet', table)).toEqual([
      { inputs: { text: 'good', big: String(2n ** 60n) }, expected: 1, label: 'internal' },
      { inputs: { text: 'bad', big: 5 }, expected: 0, label: 'internal' },
    ]);
    const chats = Buffer.from(
      parquetWriteBuffer({
        columnData: [
          {
            name: 'messages',
            type: 'JSON',
            data: [
              [
                { role: 'user', content: 'Hi' },
                { role: 'assistant', content: 'Hello' },
              ],
            ],
          },
        ],
      }),
    );
    expect(await read('parquet', chats)).toMatchObject([
      { inputs: { messages: [{ role: 'user', content: 'Hi' }] }, expected: 'Hello' },
    ]);
  });

  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is text', Buffer.from('question,answer\nWhy?,So\n')],
    ['has only its marks', Buffer.from('PAR1\u0000\u0000\u0000\u0000PAR1')],
    ['says a length beyond its end', Buffer.from('PAR1\u00ff\u00ff\u00ff\u007fPAR1', 'latin1')],
  ])('refuses a file that %s', async (_what, bytes) => {
    await expect(read('parquet', bytes)).rejects.toThrow();
  });

  it('answers any damage with an error or with rows', async () => {
    const bytes = await written([{ inputs: { q: 'Why?' }, expected: 'So' }]);
    for (let at = 4; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      const path = inFolder(`damaged-${at}`, damaged);
      const rows = await all(parquetRows(path)).catch((error: unknown) => [error]);
      expect(rows.every((row) => row instanceof Error || isPlainObject(row))).toBe(true);
    }
  });
});

describe('YAML of promptfoo', () => {
  const config = `
description: capitals
prompts: ['{{question}}']
defaultTest: { vars: { language: en }, assert: [{ type: latency, threshold: 100 }] }
tests:
  - vars: { question: "France?" }
    assert: [{ type: equals, value: Paris }]
  - description: other
    vars: { question: "Peru?", language: es }
`;
  it('reads its tests with the defaults that apply to all', async () => {
    expect(await read('promptfoo', config)).toEqual([
      {
        inputs: { language: 'en', question: 'France?' },
        expected: 'Paris',
        label: 'internal',
        metadata: { assert: [{ type: 'latency', threshold: 100 }] },
      },
      {
        inputs: { language: 'es', question: 'Peru?' },
        label: 'internal',
        metadata: { description: 'other', assert: [{ type: 'latency', threshold: 100 }] },
      },
    ]);
  });

  it.each([
    ['another file', 'tests: file://tests.csv', 'import'],
    ['no list', 'prompts: [a]', 'no list'],
    ['what is no YAML', 'tests: [', 'Flow sequence'],
    [
      'aliases that grow',
      [
        'a: &a [x,x,x,x,x,x,x,x,x]',
        ...'bcdefgh'
          .split('')
          .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`).join()}]`),
        'tests: *h',
      ].join('\n'),
      'Excessive alias',
    ],
    ['what is too deep', `tests: ${'['.repeat(200)}${']'.repeat(200)}`, 'levels'],
  ])('refuses %s', async (_what, text, reason) => {
    await expect(read('promptfoo', text)).rejects.toThrow(reason);
  });

  it('keeps a member called __proto__ as a member, and runs no tags', async () => {
    const value = await yamlValue(inFolder('x.yaml', '- vars: { __proto__: { polluted: 1 }, q: !!js/function "x" }\n'));
    const [{ vars }] = value as readonly [{ readonly vars: object }];
    expect(Object.hasOwn(vars, '__proto__')).toBe(true);
    expect(promptfooTests(value)).toHaveLength(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the registry of OpenAI Evals', () => {
  const registry =
    'capitals:\n  id: capitals.test.v1\ncapitals.test.v1:\n  class: evals.elsuite.basic.match:Match\n  args: { samples_jsonl: capitals/samples.jsonl }\n';
  it('lists the evals and their samples', async () => {
    const name = 'capitals.test.v1';
    expect(registeredEvals(await yamlValue(inFolder('r.yaml', registry)))).toEqual([
      { name, class: 'evals.elsuite.basic.match:Match', samples: 'capitals/samples.jsonl' },
    ]);
    expect(() => registeredEvals({ a: 1 })).toThrow('names no eval');
  });

  it('is read in a process of its own, like Parquet, and refused when a named file is missing', async () => {
    const samples = '{"input": "France?", "ideal": "Paris"}\n';
    expect(await readApart('openai', file('capitals.yaml', registry), file('samples.jsonl', samples))).toMatchObject([
      { inputs: { input: 'France?' }, expected: 'Paris' },
    ]);
    await expect(
      readApart('openai', file('capitals.yaml', registry), file('other.jsonl', samples)),
    ).rejects.toMatchObject({ message: expect.stringContaining("names the samples 'samples.jsonl'") });
    const table = Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'tags', type: 'JSON', data: [['a'], [1]] }] }));
    await expect(readApart('parquet', file('t.parquet', table))).rejects.toMatchObject({
      code: 'dataset_invalid',
      message: expect.stringContaining('Line 2: tags'),
    });
    await expect(readApart('parquet', file('rows.parquet', 'no table'))).rejects.toMatchObject({
      code: 'dataset_invalid',
      message: expect.stringContaining('rows.parquet cannot be read.'),
    });
  }, 240_000);
});

it('converts a value to JSON', () => {
  expect(plainValue({ a: 1n, b: new Date(0), c: Number.NaN, d: new Uint8Array([1]), e: new Map([[1, 'x']]) })).toEqual({
    a: 1,
    b: '1970-01-01T00:00:00.000Z',
    c: undefined,
    d: 'AQ==',
    e: { 1: 'x' },
  });
});
