import { defaultLabel, type CollectionInfo } from '@heddle/core';
import { expect, it } from '@jest/globals';
import { labelled } from './labelled.js';

const info = { name: 'faq', label: defaultLabel } as CollectionInfo;
const sourceOf = (source: string): string | undefined =>
  labelled({ id: 'a#0', document: 'a', text: 'wool', source }, info).source;

it('gives the source of a document', () => {
  expect(['https://example.org/a', 'notes/b.md'].map(sourceOf)).toEqual(['https://example.org/a', 'notes/b.md']);
});

it('gives no local path as a source', () => {
  const paths = ['/srv/files/c.md', 'C:\\files\\d.md', 'd:/files/e.md', '\\\\server\\share\\f.md', 'file:///srv/g.md'];
  expect(paths.map(sourceOf)).toEqual(paths.map(() => undefined));
  expect(labelled({ id: 'a#0', document: 'a', text: 'wool', source: '/srv/c.md' }, info)).not.toHaveProperty('source');
});
