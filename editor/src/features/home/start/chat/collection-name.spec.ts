import { expect, it } from '@jest/globals';
import { CreateCollectionRequest } from '@heddle/core';
import { chatName, collectionName } from './collection-name.js';

it.each([
  [['Warranty 2026.pdf'], 'warranty-2026'],
  [['manuals/Set up.md', 'b.md', 'c.md'], 'set-up-and-2-more'],
  [['2024.csv'], 'documents-2024'],
  [['保証.pdf'], 'documents'],
  [['constructor.md'], 'documents-constructor'],
  [['.hidden'], 'hidden'],
  [['...'], 'documents'],
  [[`${'long '.repeat(60)}.txt`], expect.stringMatching(/^long(-long)*-l$/)],
])('the files %j are a collection %s', (files, name) => {
  const made = collectionName(files, new Set());
  expect(made).toEqual(name);
  expect(CreateCollectionRequest.safeParse({ name: made, embedding: 'mini' }).success).toBe(true);
});

it('a name that is taken gets a number, also at its greatest length', () => {
  expect(collectionName(['a.md'], new Set(['a', 'a-2']))).toBe('a-3');
  const files = Array.from({ length: 1000 }, () => `${'x'.repeat(300)}.md`);
  const first = collectionName(files, new Set());
  const made = collectionName(files, new Set([first]));
  expect(CreateCollectionRequest.safeParse({ name: made, embedding: 'mini' }).success).toBe(true);
});

it('a chat has the name of its first file for people', () => {
  expect([chatName(['a/Warranty.pdf']), chatName(['a.md', 'b.md', 'c.md'])]).toEqual([
    'Chat with Warranty.pdf',
    'Chat with a.md and 2 more',
  ]);
  expect(chatName([`${'x'.repeat(500)}.md`]).length).toBeLessThan(200);
});
