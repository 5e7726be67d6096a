import { describe, expect, it } from '@jest/globals';
import type { DocumentInput } from '@heddle/core';
import { expandDocument } from './expand-document.js';

const expand = (id: string, content: string | Uint8Array, rest: Partial<DocumentInput> = {}) => [
  ...expandDocument({ id, content, ...rest }),
];
const record = (id: string) => ({
  id,
  question: 'Does it?',
  sections: [
    { heading: 'Background', text: 'B.' },
    { heading: 'Results', text: 'R.' },
  ],
  year: 2011,
  topics: ['a'],
  conclusion: 'Yes.',
});

describe('expandDocument', () => {
  it('makes a document of each record with sections, and metadata of its other fields', () => {
    const lines = [record('1'), record('2')].map((entry) => JSON.stringify(entry)).join('\n');
    const [first, second] = expand('pubmedqa.jsonl', Buffer.from(lines), { source: '/data/pubmedqa.jsonl' });
    expect(first).toEqual({
      id: 'pubmedqa.jsonl#1',
      source: '/data/pubmedqa.jsonl',
      content: '## Background\n\nB.\n\n## Results\n\nR.',
      mediaType: 'text/markdown',
      metadata: { question: 'Does it?', year: 2011, topics: ['a'], conclusion: 'Yes.', row: 1 },
    });
    expect(second?.id).toBe('pubmedqa.jsonl#2');
  });

  it('reads text, content and body, with title and id', () => {
    const text = JSON.stringify([
      { id: 7, title: 'T', text: 'a', lang: 'en' },
      { content: 'b' },
      { _id: 'MED-10', text: 'd' },
      { body: 'c, with [ and "quotes"', id: 7 },
    ]);
    expect(expand('x.json', text).map(({ id, title, content, metadata }) => [id, title, content, metadata])).toEqual([
      ['x.json#7', 'T', 'a', { lang: 'en', row: 1 }],
      ['x.json#2', undefined, 'b', { row: 2 }],
      ['x.json#MED-10', undefined, 'd', { _id: 'MED-10', row: 3 }],
      ['x.json#7~2', undefined, 'c, with [ and "quotes"', { row: 4 }],
    ]);
  });

  it('keeps other data in one piece', () => {
    for (const text of [
      '{"a":1}\n{"a":2}',
      '[{"price":1}]',
      '[1,2]',
      '{"name": "x",\n "b": 2}',
      '[]',
      '[{"text":"a"',
    ]) {
      expect(expand('x.json', text).map(({ id }) => id)).toEqual(['x.json']);
    }
    expect(expand('notes.md', '[{"text":"a"}]')).toHaveLength(1);
  });

  it('reports a broken record and continues with the next', () => {
    const [good, bad, last] = expand('x.jsonl', '{"text":"a"}\n{"text":\n{"text":"c"}\n');
    expect([good?.id, last?.id]).toEqual(['x.jsonl#1', 'x.jsonl#3']);
    expect(bad).toMatchObject({
      id: 'x.jsonl',
      error: { code: 'document_damaged', message: expect.stringContaining('line 2') },
    });
    const array = expand('x.json', '[{"text":"a"},{"text":"b"');
    expect(array.map(({ id, error }) => [id, error?.code])).toEqual([
      ['x.json#1', undefined],
      ['x.json', 'document_damaged'],
    ]);
  });

  it('refuses a record above the limit and keeps the others', () => {
    const [good, large] = expand('x.jsonl', `{"text":"a"}\n{"text":"${'x'.repeat(9_000_000)}"}\n`);
    expect(good?.id).toBe('x.jsonl#1');
    expect(large).toMatchObject({ error: { code: 'document_too_large', message: expect.stringContaining('line 2') } });
  });

  it('keeps hostile field names out of the metadata', () => {
    const [only] = expand('x.jsonl', '{"text":"a","__proto__":{"polluted":true},"constructor":1}');
    expect(Object.keys(only?.metadata ?? {})).toEqual(['row']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('splits a mailbox into messages', () => {
    const mail = (subject: string) =>
      `From a@b.example Mon Jan  5 10:00:00 2026\nFrom: a@b.example\nSubject: ${subject}\n\nFrom here it is text.\n\n`;
    const found = expand('box.mbox', Buffer.from(mail('one') + mail('two')));
    expect(found.map(({ id }) => id)).toEqual(['box.mbox#1', 'box.mbox#2']);
    expect(Buffer.from(found[1]!.content as Uint8Array).toString()).toContain('Subject: two');
  });
});
