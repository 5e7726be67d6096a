import { describe, expect, it } from '@jest/globals';
import type { DatasetFormat, DatasetRow } from '@heddle/core';
import type { DatasetFile } from './dataset-file.js';
import { readDataset } from './read-dataset.js';

const file = (name: string, text: string): DatasetFile => ({
  name,
  content: (async function* pieces() {
    await Promise.resolve();
    yield Buffer.from(text);
  })(),
});

async function read(format: DatasetFormat, ...files: readonly DatasetFile[]): Promise<readonly DatasetRow[]> {
  const rows: DatasetRow[] = [];
  for await (const row of readDataset(format, files, { label: 'public' })) rows.push(row);
  return rows;
}

describe('reading a dataset', () => {
  it('reads JSON lines and tables', async () => {
    expect(
      await read('jsonl', file('a.txt', '{"inputs":{"q":"1"}}\n\n{"inputs":{"q":"2"},"label":"restricted"}\n')),
    ).toEqual([
      { inputs: { q: '1' }, label: 'public' },
      { inputs: { q: '2' }, label: 'restricted' },
    ]);
    expect(await read('csv', file('a.csv', 'q,expected\n"1,\n2",x\n'))).toEqual([
      { inputs: { q: '1,\n2' }, expected: 'x', label: 'public' },
    ]);
    expect(await read('openai', file('s.jsonl', '{"input":"q","ideal":"a"}'))).toHaveLength(1);
    expect(await read('jsonl', file('a.jsonl', ''))).toEqual([]);
  });

  it('reports the lines that do not fit', async () => {
    const text = '{"inputs":{}}\n{"input":1}\n{"inputs":{}}\n{"inputs":{},"label":"top"}\n';
    const refusal = read('jsonl', file('rows.jsonl', text));
    await expect(refusal).rejects.toMatchObject({ code: 'dataset_invalid' });
    await expect(read('jsonl', file('rows.jsonl', text))).rejects.toThrow(/rows\.jsonl[^]*Line 2: [^]*Line 4: label/);
    await expect(read('jsonl', file('a', '{"inputs":{}}\n{'))).rejects.toThrow('Line 2 is not JSON');
    await expect(read('csv', file('a', 'q,label\nx,public\ny,top'))).rejects.toThrow('Line 3: label');
    await expect(read('jsonl', file('a', '[1]'))).rejects.toThrow('Line 1 is not a JSON object');
  });

  it('stops at a file that has only bad lines', async () => {
    const error: unknown = await read('jsonl', file('a', '{}\n'.repeat(10_000))).catch((cause: unknown) => cause);
    expect(String(error).split('\n').length).toBeLessThan(30);
  });

  it('joins questions, judgements and documents of BEIR', async () => {
    const rows = await read(
      'beir',
      file('queries.jsonl', '{"_id":"q1","text":"Why?"}\n{"_id":"q2","text":"Unjudged"}\n'),
      file('corpus.jsonl', '{"_id":"d1","title":"T","text":"Because."}\n{"_id":"d9","title":"","text":"x"}\n'),
      file('qrels/test.tsv', 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n'),
    );
    expect(rows).toEqual([
      {
        id: 'q1',
        inputs: { query: 'Why?' },
        references: [
          { document: 'd1', grade: 2, text: 'T\nBecause.' },
          { document: 'd2', grade: 0 },
        ],
        split: 'test',
        label: 'public',
      },
    ]);
    await expect(read('beir', file('queries.jsonl', ''))).rejects.toThrow('one with judgements');
    await expect(read('beir', file('queries.jsonl', ''), file('a.tsv', 'q1\td1\n'))).rejects.toThrow('a.tsv, line 1');
  });

  it('refuses questions and judgements of different sets, and uses the document ids of the collection', async () => {
    const queries = '{"_id":"q1","text":"Why?"}\n';
    const judged = (id: string): string => `query-id\tcorpus-id\tscore\n${id}\td1\t1\n`;
    const files = (questions: string, qrels: string) => [file('queries.jsonl', questions), file('test.tsv', qrels)];
    await expect(read('beir', ...files(queries, judged('x7')))).rejects.toThrow(
      "None of the 1 questions has a judgement; the first one is for 'x7'.",
    );
    await expect(read('beir', ...files('', judged('q1')))).rejects.toThrow('The file with questions is empty');
    await expect(read('beir', ...files(queries, 'query-id\tcorpus-id\tscore\n'))).rejects.toThrow(
      'judgements is empty',
    );
    const named: unknown[] = [];
    const defaults = { documentPrefix: 'corpus.jsonl#' };
    for await (const row of readDataset('beir', files(queries, judged('q1')), defaults)) named.push(row.references);
    expect(named).toEqual([[{ document: 'corpus.jsonl#d1', grade: 1 }]]);
  });

  it('reads topics of TREC with tags or tabs', async () => {
    const qrels = '301 0 FBIS3-10082 1\n302 0 X 0\n';
    const tagged =
      '<top>\n<num> Number: 301\n<title> International Organized Crime\n<desc> …\n</top>\n<top>\n<num>302\n<title>\nPolio\n</top>\n';
    const rows = await read('trec', file('topics.txt', tagged), file('qrels.txt', qrels));
    expect(rows.map(({ id, inputs }) => [id, inputs])).toEqual([
      ['301', { query: 'International Organized Crime' }],
      ['302', { query: 'Polio' }],
    ]);
    const graded = await read(
      'trec',
      file('topics.tsv', '301\tCrime\n'),
      file('qrels', '301 0 A 2\n301 0 B 0\n301 0 C -2\n'),
    );
    expect(graded[0]?.references).toEqual([
      { document: 'A', grade: 2 },
      { document: 'B', grade: 0 },
      { document: 'C', grade: -2 },
    ]);
    const plain = await read('trec', file('topics.tsv', '301\tCrime\n'), file('qrels.txt', qrels));
    expect(plain).toMatchObject([{ id: '301', inputs: { query: 'Crime' }, references: [{ document: 'FBIS3-10082' }] }]);
    await expect(read('trec', file('topics.tsv', 'no tab\n'), file('qrels.txt', qrels))).rejects.toThrow('line 1');
    await expect(read('trec', file('topics.tsv', '301\tx\n'), file('qrels.txt', '301 0 X\n'))).rejects.toThrow(
      'line 1',
    );
  });
});
