import { runThrough } from '@heddle/core';
import { runInterleaved, watchPieces } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { parseTests, parseTestsSteps } from './workflow-tests.js';

const lineOf = (name: string): string => JSON.stringify({ name, inputs: { question: 'x' }, expect: {} });
const linesOf = (count: number): string => Array.from({ length: count }, (_, index) => lineOf(`t${index}`)).join('\n');
const outcome = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    const { code, details } = error as { code?: unknown; details?: unknown };
    return { code, details };
  }
};

describe('tests.jsonl', () => {
  it('is read line by line, without empty lines', () => {
    const content = `\n${lineOf('a')}\r\n\n  \n${lineOf('b')}`;
    expect(parseTests(content).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(parseTests('')).toEqual([]);
  });

  it('contains at most 10,000 tests', () => {
    expect(parseTests(linesOf(10_000))).toHaveLength(10_000);
    expect(outcome(() => parseTests(linesOf(10_001)))).toMatchObject({ code: 'bad_request' });
  });

  it('is read in pieces of a hundred lines, or fewer when they are long', () => {
    const { result, pieces } = watchPieces(() => parseTestsSteps(linesOf(5_000)));
    expect(result).toHaveLength(5_000);
    expect(pieces).toBeGreaterThanOrEqual(50);
    const long = Array.from({ length: 20 }, () =>
      lineOf('x'.repeat(200)).replace('"x"', JSON.stringify('y'.repeat(100_000))),
    );
    expect(watchPieces(() => parseTestsSteps(long.join('\n'))).pieces).toBeGreaterThanOrEqual(20);
    expect(watchPieces(() => parseTestsSteps('\n'.repeat(1_000_000))).pieces).toBeGreaterThanOrEqual(90);
  });

  it('is refused with the number of the line, when read in pieces too, and for several readers at the same time', () => {
    const broken = [
      `${linesOf(300)}\n{`,
      `${linesOf(300)}\n{"name":"x"}`,
      `${linesOf(300)}\n{"name":"x","expect":{},"more":1}`,
      `${linesOf(300)}\n${JSON.stringify({ name: 'x', expect: {}, inputs: { list: Array.from({ length: 20_001 }, () => 1) } })}`,
    ];
    for (const content of broken) {
      const refused = outcome(() => parseTests(content));
      expect(refused).toEqual({ code: 'bad_request', details: { line: 301 } });
      expect(outcome(() => runThrough(parseTestsSteps(content)))).toEqual(refused);
      expect(outcome(() => runInterleaved([parseTestsSteps(content), parseTestsSteps(linesOf(900))]))).toEqual(refused);
    }
    expect(runInterleaved([parseTestsSteps(linesOf(250)), parseTestsSteps(linesOf(3))])).toEqual([
      parseTests(linesOf(250)),
      parseTests(linesOf(3)),
    ]);
  });
});
