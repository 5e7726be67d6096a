import { expect, it } from '@jest/globals';
import { csvOf } from './csv-of.js';

it('saves the values of a chart, with an empty cell where nothing was measured', () => {
  const lines = [
    { title: 'a, "b"', colour: '--done', values: [1, null] },
    { title: '=c', colour: '--done', values: [0.5, 2] },
  ];
  expect(csvOf({ title: 't', times: [0, 60_000], lines, format: String, isCount: true })).toBe(
    `time,"a, ""b""",'=c\r\n1970-01-01T00:00:00.000Z,1,0.5\r\n1970-01-01T00:01:00.000Z,,2\r\n`,
  );
});
