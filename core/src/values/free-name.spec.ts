import { expect, it } from '@jest/globals';
import { freeName } from './free-name.js';

it('adds a number before the extension of a name that is taken', () => {
  const taken = new Set(['guide.md', 'guide~2.md', 'a.b/readme', '.env']);
  expect(['other.md', 'guide.md', 'a.b/readme', '.env'].map((name) => freeName(name, taken))).toEqual([
    'other.md',
    'guide~3.md',
    'a.b/readme~2',
    '.env~2',
  ]);
});
