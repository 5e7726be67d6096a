import { describe, expect, it } from '@jest/globals';
import { Json, NumberPort, Text, type PlanInterface } from '@heddle/core';
import { rowInputs } from './row-inputs.js';

const planInterface: PlanInterface = {
  inputs: { question: Text, count: NumberPort.optional(), more: Json.optional() },
  outputs: {},
};
const read = (...rows: Readonly<Record<string, unknown>>[]) => rowInputs(rows, planInterface, { maxBytes: 1_000 });

describe('the inputs of a row', () => {
  it('omit an empty cell unless the input is a text, and convert the other cells to the type of the input', async () => {
    expect(await read({ question: 'a', count: '', more: '  ' }, { question: '7', count: '7', more: '[1]' })).toEqual([
      { question: 'a' },
      { question: '7', count: 7, more: [1] },
    ]);
  });

  it('are refused with the numbers of the rows that do not fit, before any row is stored', async () => {
    const bad = { question: 'b', count: 'many' };
    await expect(read({ question: 'a' }, bad, { question: '' })).rejects.toThrow(
      /^2 of 3 rows do not fit the workflow: row 2: .*count.* row 3: .*question/,
    );
  });
});
