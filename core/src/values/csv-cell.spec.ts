import { describe, expect, it } from '@jest/globals';
import { csvCell } from './csv-cell.js';

describe('a cell of a CSV', () => {
  it.each([
    '=1+1',
    '+1',
    '-1+1',
    '-a',
    '-1\n',
    ' -1',
    '--1',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '\u00a0=1',
    '＝1',
    '＋1',
    '－1',
    '＠1',
    '=cmd|"/c calc"!A1',
  ])('is no formula to a spreadsheet: %j', (text) => {
    const cell = csvCell(text);
    expect(cell.replace(/^"/, '')).toMatch(/^'/);
  });

  it.each(['a,=1', 'a;=1', 'a\t=1', 'a\n=1', 'a\r=1', 'a"=1', '";=1'])(
    'starts no second cell, whatever the separator: %j',
    (text) => {
      const cell = csvCell(text);
      expect(cell).toMatch(/^".*"$/s);
      expect(cell.slice(1, -1).replaceAll('""', '')).not.toContain('"');
    },
  );

  it('leaves numbers as they are', () => {
    const numbers = ['-1', '-0.5', '-1.5e-7', '-2E+30', '3'];
    expect(numbers.map(csvCell)).toEqual(numbers);
  });

  it('leaves plain words as they are', () => {
    expect(['word', 'a=b', '12', '1-2', ''].map(csvCell)).toEqual(['word', 'a=b', '12', '1-2', '']);
  });
});
