import { expect, it } from '@jest/globals';
import { CreateCollectionRequest } from '@heddle/core';
import { nameFor } from '../../../collections/index.js';
import { filesTitle } from './files-title.js';

const noneTaken = new Set<string>();

it.each([
  [['Warranty 2026.pdf'], 'Warranty 2026', 'warranty-2026'],
  [['manuals/Set up.md', 'b.md', 'c.md'], 'Set up and 2 more', 'set-up-and-2-more'],
  [['2024.csv'], '2024', 'collection-2024'],
  [['保証.pdf'], '保証', 'collection'],
  [['constructor.md'], 'constructor', 'collection-constructor'],
  [['.hidden'], '.hidden', 'hidden'],
  [['\u202Egnp.exe\u202C.md'], 'Documents', 'documents'],
  [['   .md'], 'Documents', 'documents'],
  [[], 'Documents', 'documents'],
])('the files %j give the title %s and the name %s', (files, title, name) => {
  const made = filesTitle(files);
  expect([made, nameFor(made, noneTaken)]).toEqual([title, name]);
});

it('a very long file name gives a title and a name that a collection may have', () => {
  const files = Array.from({ length: 1000 }, () => `${'long '.repeat(60)}.md`);
  const title = filesTitle(files);
  const request = { name: nameFor(title, noneTaken), title, embedding: 'mini' };
  expect(CreateCollectionRequest.safeParse(request).success).toBe(true);
});
