import { describe, expect, it } from '@jest/globals';
import { NodeDescription, parseDocument, type NodeReport } from '@heddle/core';
import { compareNodes, compareValues, titlesIn } from './compare-runs.js';

const label = { level: 'internal' as const, marks: [] };
const node = (path: string, status: NodeReport['status'], text: unknown, ms = 1): NodeReport => ({
  path,
  status,
  attempt: 1,
  ms,
  outputs: { text: { value: text, label } },
});

describe('two runs side by side', () => {
  it('differ in values and in what only one of them has, and not in the order of keys', () => {
    const compared = compareValues(
      { a: { value: { x: 1, y: 2 }, label }, b: { value: 1, label } },
      { a: { value: { y: 2, x: 1 }, label }, c: { value: 1, label } },
    );
    expect(compared.map(({ name, isSame }) => [name, isSame])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
  });

  it('compare large values by size and beginning', () => {
    const large = (preview: string, size: number) => ({ label, preview, size });
    expect(compareValues({ a: large('x', 9000) }, { a: large('x', 9001) })[0]?.isSame).toBe(false);
    expect(compareValues({ a: large('x', 9000) }, { a: large('x', 9000) })[0]?.isSame).toBe(true);
  });

  it('compare nodes by status and values, not by time, and treat reused results as computed ones', () => {
    const compared = compareNodes(
      { a: node('a', 'done', 'x', 5), b: node('b', 'done', 'y'), c: node('c', 'done', 'z') },
      { a: node('a', 'cached', 'x', 0), b: node('b', 'failed', 'y'), d: node('d', 'done', 'w') },
    );
    expect(compared.map(({ path, isSame }) => [path, isSame])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', false],
    ]);
  });

  it('name nodes by their titles, those of the left run first, otherwise by type or id', () => {
    const document = (nodes: Readonly<Record<string, object>>) =>
      parseDocument({ heddle: 2, name: 'Test', nodes, edges: [] });
    const input = NodeDescription.parse({
      type: 'input',
      version: 1,
      category: 'io',
      title: 'Input',
      summary: '',
      role: 'source',
      effects: [],
      config: {},
      defaults: {},
      inputs: [],
      outputs: [],
      hasDynamicPorts: false,
    });
    const titleOf = titlesIn(
      document({ who: { type: 'input', version: 1 }, words: { type: 'prompt', version: 1, title: 'Words' } }),
      document({
        words: { type: 'prompt', version: 1, title: 'Text' },
        more: { type: 'prompt', version: 1, title: 'More' },
      }),
      new Map([['input', input]]),
    );
    expect(['who', 'words@1', 'more', 'gone'].map(titleOf)).toEqual(['Input', 'Words · iteration 2', 'More', 'gone']);
  });
});
