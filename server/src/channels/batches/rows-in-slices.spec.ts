import { Json, Text, type PlanInterface } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { ticksDuring } from '../../testing/ticks-during.js';
import { readJson } from './read-batch.js';
import { previewRows, rowInputs } from './row-inputs.js';

const planInterface: PlanInterface = { inputs: { question: Text, table: Json.optional() }, outputs: {} };
const maxBytes = 1_000_000;
const rowsOf = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ question: `row ${index}`, ...more }));
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe('the rows of a batch', () => {
  it('are read from a body with pauses, even if there are many or one is large', async () => {
    const many = await ticksDuring(() => readJson({ rows: rowsOf(100_000) }));
    expect(many.result.rows).toHaveLength(100_000);
    expect(many.ticks).toBeGreaterThanOrEqual(9);
    const table = Array.from({ length: 40_000 }, () => 1);
    expect((await ticksDuring(() => readJson({ rows: rowsOf(9, { table }) }))).ticks).toBeGreaterThanOrEqual(8);
  });

  it('become inputs with pauses', async () => {
    const { result, ticks } = await ticksDuring(() => rowInputs(rowsOf(20_000), planInterface, { maxBytes }));
    expect(result).toEqual(rowsOf(20_000));
    expect(ticks).toBeGreaterThanOrEqual(40);
    const cells = rowsOf(20, { table: JSON.stringify(Array.from({ length: 10_000 }, () => 1)) });
    const read = await ticksDuring(() => rowInputs(cells, planInterface, { maxBytes }));
    expect(read.ticks).toBeGreaterThanOrEqual(18);
    const checked = await ticksDuring(() => previewRows(rowsOf(20_000), planInterface, { maxBytes }));
    expect(checked.ticks).toBeGreaterThanOrEqual(40);
    expect(checked.result).toMatchObject({ rows: 20_000, bad: 0, columns: { question: 'question' } });
  });

  it('are searched with pauses for a column that no row has', async () => {
    const lost = { maxBytes, columns: { question: 'nowhere' } };
    const { ticks, result } = await ticksDuring(() => codeOf(rowInputs(rowsOf(100_000), planInterface, lost)));
    expect([result, ticks >= 3]).toEqual(['batch_invalid', true]);
  });

  it('are refused at the first invalid row, and when there are too many', async () => {
    const table = Array.from({ length: 50_001 }, () => 1);
    expect(await codeOf(readJson({ rows: [...rowsOf(5), { table }] }))).toBe('batch_invalid');
    expect(await codeOf(readJson({ rows: [...rowsOf(5), 7] }))).toBe('bad_request');
    expect(await codeOf(readJson({ rows: rowsOf(100_001) }))).toBe('bad_request');
    expect(await codeOf(readJson({ rows: [] }))).toBe('bad_request');
    expect(await codeOf(rowInputs([...rowsOf(20_000), { question: '' }], planInterface, { maxBytes }))).toBe(
      'batch_invalid',
    );
  });
});
