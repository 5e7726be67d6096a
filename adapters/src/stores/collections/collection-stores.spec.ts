import type { Tables } from '@heddle/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { createCollectionTitles } from './collection-titles.js';
import { createPassageHeaders } from './passage-headers.js';

describe.each(bothDatabases)('what is stored beside collections in %s', (_name, open) => {
  let database: TestedDatabase;
  let one: Tables;
  let other: Tables;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    ({ one, other } = await database.reset());
  });

  it('returns the latest title from any process, until it is deleted', async () => {
    const titles = createCollectionTitles(one);
    const theirs = createCollectionTitles(other);
    expect(await titles.get('docs')).toBeUndefined();
    await titles.set('docs', 'Our docs');
    await theirs.set('docs', 'All docs');
    await titles.set('b', 'B');
    await new Promise((resolve) => setImmediate(resolve));
    expect([await titles.get('docs'), await theirs.get('b')]).toEqual(['All docs', 'B']);
    await titles.forget('docs');
    expect([...(await theirs.all())]).toEqual([['b', 'B']]);
    // One of two concurrent titles stays.
    await Promise.all([titles.set('b', 'x'), theirs.set('b', 'y')]);
    expect(['x', 'y']).toContain((await titles.all()).get('b'));
  });

  it('keeps the headers of a document until its text changes or it is removed', async () => {
    const headers = createPassageHeaders(one);
    const theirs = createPassageHeaders(other);
    const a = '0a';
    const b = '0b';
    const c = '0c';
    const keys = [a, b, c];
    await headers.keep('docs', { id: 'x.md', hash: '1' }, new Map([[a, 'About a.'], [b, 'About b.']])); // prettier-ignore
    await headers.keep('docs', { id: 'y.md', hash: '1' }, new Map([[a, 'Another.']]));
    expect([...(await theirs.known('docs', 'x.md', [a, c]))]).toEqual([[a, 'About a.']]);
    expect((await theirs.known('others', 'x.md', keys)).size).toBe(0);
    await Promise.all([
      headers.keep('docs', { id: 'x.md', hash: '2' }, new Map([[c, 'About c.']])),
      theirs.keep('docs', { id: 'x.md', hash: '2' }, new Map([[c, 'About c.']])),
    ]);
    expect([...(await headers.known('docs', 'x.md', keys))]).toEqual([[c, 'About c.']]);
    await headers.forget('docs', ['x.md', 'none']);
    expect([(await headers.known('docs', 'x.md', keys)).size, (await headers.known('docs', 'y.md', keys)).size]).toEqual([0, 1]); // prettier-ignore
    await theirs.forget('docs');
    expect((await headers.known('docs', 'y.md', keys)).size).toBe(0);
  });
});
