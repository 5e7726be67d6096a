import { describe, expect, it } from '@jest/globals';
import { DatasetRow } from './dataset.js';
import { cellsOfRow, csvColumns, recordOfRow, rowOfRecord } from './row-formats.js';

const whole = DatasetRow.parse({
  id: 'a',
  inputs: { question: 'Why?', depth: 2 },
  expected: { answer: 42 },
  references: [{ document: 'book', text: 'Because.', grade: 2 }],
  tags: ['hard', 'maths'],
  split: 'test',
  label: 'confidential',
  run: 'r1',
  metadata: { by: 'Ada' },
});

describe('rowOfRecord', () => {
  it('reads labelled questions as a comparison of indexes does', () => {
    const given = { question: 'How much leave?', documents: ['leave.md'], notRelevant: ['travel.md'], split: 'test' };
    expect(rowOfRecord('jsonl', given)).toMatchObject({
      inputs: { question: 'How much leave?' },
      references: [
        { document: 'leave.md', grade: 1 },
        { document: 'travel.md', grade: 0 },
      ],
      split: 'test',
    });
    expect(rowOfRecord('jsonl', { question: 'How much leave?' }).references).toBeUndefined();
    expect(() => rowOfRecord('jsonl', { ...given, documents: 'leave.md' })).toThrow(/references/);
    expect(() => rowOfRecord('jsonl', { ...given, notRelevant: ['leave.md'] })).toThrow(/keep one/);
    expect(() => rowOfRecord('jsonl', { query: 'How much leave?' })).toThrow('neither `inputs` nor a `question`');
  });

  it('reads input and ideal of OpenAI Evals', () => {
    expect(rowOfRecord('openai', { input: [{ role: 'user', content: 'Hi' }], ideal: ['A', 'B'], sector: 'x' })).toEqual(
      {
        inputs: { input: [{ role: 'user', content: 'Hi' }], sector: 'x' },
        expected: ['A', 'B'],
        label: 'internal',
      },
    );
    expect(() => rowOfRecord('openai', { ideal: 'A' })).toThrow('It has no `input`.');
  });

  it('takes the last answer of a chat as the expected one', () => {
    const user = { role: 'user', content: 'Hi' };
    const assistant = { role: 'assistant', content: 'Hello' };
    expect(rowOfRecord('messages', { messages: [user, assistant] })).toMatchObject({
      inputs: { messages: [user] },
      expected: 'Hello',
    });
    expect(rowOfRecord('messages', { messages: [user] })).toEqual({ inputs: { messages: [user] }, label: 'internal' });
    expect(() => rowOfRecord('messages', { messages: [] })).toThrow('no list');
    expect(() => rowOfRecord('messages', { messages: ['Hi'] })).toThrow('Each message needs');
  });

  it('reads vars and the equals assertion of promptfoo, and keeps other assertions', () => {
    const assert = [
      { type: 'equals', value: 'Paris' },
      { type: 'latency', threshold: 5 },
    ];
    expect(rowOfRecord('promptfoo', { vars: { city: 'x' }, assert, description: 'd' })).toEqual({
      inputs: { city: 'x' },
      expected: 'Paris',
      label: 'internal',
      metadata: { description: 'd', assert: [{ type: 'latency', threshold: 5 }] },
    });
    expect(() => rowOfRecord('promptfoo', { assert })).toThrow('no `vars`');
  });

  it('reads the known columns of a table, and all others as inputs', () => {
    const cells = { question: 'Why?', expected: '', tags: 'a; b;', split: 'train', label: '', references: 'd1; d2' };
    expect(rowOfRecord('csv', cells)).toEqual({
      inputs: { question: 'Why?' },
      tags: ['a', 'b'],
      split: 'train',
      label: 'internal',
      references: [
        { document: 'd1', grade: 1 },
        { document: 'd2', grade: 1 },
      ],
    });
  });

  it.each(['jsonl', 'openai', 'messages', 'promptfoo', 'parquet'] as const)(
    'reads documents that are judged not relevant from their own field: %s',
    (format) => {
      const named = { references: [{ document: 'a' }], not_relevant: ['b', { document: 'c', text: 'No.' }] };
      const record = {
        jsonl: { inputs: { q: 'x' }, ...named },
        openai: { input: 'x', ...named },
        messages: { messages: [{ role: 'user', content: 'x' }], ...named },
        promptfoo: { vars: { q: 'x' }, metadata: named },
        parquet: { q: 'x', ...named },
      }[format];
      const row = rowOfRecord(format, record);
      expect(row.references).toEqual([
        { document: 'a', grade: 1 },
        { document: 'b', grade: 0 },
        { document: 'c', text: 'No.', grade: 0 },
      ]);
      expect(row).not.toHaveProperty('not_relevant');
      expect(row).not.toHaveProperty('metadata.not_relevant');
    },
  );

  it('keeps one judgement for each document, and refuses contradictory ones', () => {
    const of = (references: unknown, notRelevant: unknown) => () =>
      rowOfRecord('jsonl', { inputs: {}, references, not_relevant: notRelevant });
    expect(of([{ document: 'a' }], ['b', 'a'])).toThrow("'a' is in `references` and in `not_relevant`");
    expect(of([{ document: 'a', grade: 0 }], ['a'])().references).toEqual([{ document: 'a', grade: 0 }]);
    expect(of([], ['a', 'a'])().references).toEqual([{ document: 'a', grade: 0 }]);
    for (const wrong of ['a', [''], [{ document: 'a', grade: 1 }], [1], {}])
      expect(of([], wrong)).toThrow('not_relevant');
  });

  it('uses the label and the split of the import if the record has none', () => {
    expect(rowOfRecord('jsonl', { inputs: {} }, { label: 'restricted', split: 'dev' })).toMatchObject({
      label: 'restricted',
      split: 'dev',
    });
    expect(rowOfRecord('jsonl', { inputs: {}, label: 'public' }, { label: 'restricted' }).label).toBe('public');
  });

  it.each([
    [{}],
    [{ inputs: [] }],
    [{ inputs: {}, label: 'secret' }],
    [{ inputs: {}, other: 1 }],
    [{ inputs: {}, id: '' }],
  ])('refuses %j', (record) => {
    expect(() => rowOfRecord('jsonl', record)).toThrow();
  });
});

describe('the record of a row', () => {
  it.each(['jsonl', 'openai', 'promptfoo'] as const)('is read back as the same row: %s', (format) => {
    const row = format === 'openai' ? { ...whole, inputs: { input: 'Why?', depth: 2 } } : whole;
    const written: unknown = JSON.parse(JSON.stringify(recordOfRow(format, row)));
    expect(rowOfRecord(format, written as Record<string, unknown>)).toEqual(row);
  });

  it('of a chat is read back as the same row', () => {
    const row = { ...whole, inputs: { messages: [{ role: 'user', content: 'Hi' }] }, expected: 'Hello' };
    expect(rowOfRecord('messages', recordOfRow('messages', row))).toEqual(row);
    expect(recordOfRow('messages', { ...whole, inputs: { q: 'Why?' } })['messages']).toEqual([
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: '{"answer":42}' },
    ]);
  });

  it('of a table has a cell for each column', () => {
    expect(cellsOfRow(whole, ['question', 'gone'])).toEqual([
      'a',
      '{"answer":42}',
      'hard;maths',
      'test',
      'confidential',
      '',
      'book',
      '',
      'Why?',
      '',
    ]);
  });

  it('of a table is read back with the documents that are judged not relevant', () => {
    const row = DatasetRow.parse({
      id: 'a',
      inputs: { question: 'Why?' },
      references: [
        { document: 'book' },
        { document: 'film', grade: 0 },
        { document: 'spam', grade: -2 },
        // One passage of the book does not answer, but the document is still relevant.
        { document: 'book', grade: 0 },
      ],
    });
    const cells = Object.fromEntries(
      cellsOfRow(row, ['question']).map((cell, at) => [[...csvColumns, 'question'][at], cell]),
    );
    expect(cells).toMatchObject({ references: 'book', not_relevant: 'film;spam' });
    expect(rowOfRecord('csv', cells).references).toEqual([
      { document: 'book', grade: 1 },
      { document: 'film', grade: 0 },
      { document: 'spam', grade: 0 },
    ]);
  });
});
