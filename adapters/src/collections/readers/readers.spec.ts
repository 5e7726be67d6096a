import { describe, expect, it } from '@jest/globals';
import { readersByRules, readersMark, type Collection, type DocumentInput, type ReaderRules } from '@heddle/core';
import { setUp } from '../../testing/collections-setup.js';

const text = (id: string, extra: Partial<DocumentInput> = {}): DocumentInput => ({
  id,
  content: `The robin sings in the garden of ${id}.`,
  ...extra,
});
const found = async (collection: Collection): Promise<readonly string[]> => [
  ...new Set(
    (await collection.search({ query: 'robin garden', mode: 'lexical', k: 50 })).map(({ document }) => document),
  ),
];
const create = async () => {
  const { collections, store } = setUp();
  const collection = await collections.create({ name: 'faq', embedding: 'fake' });
  return { collections, store, collection, as: (...names: string[]) => collection.readableBy(() => names) };
};

describe('readers of a collection', () => {
  it('see only what they may read: in searches, lists, documents and passages', async () => {
    const { collection, as } = await create();
    await collection.ingest([text('open'), text('mine', { readers: ['user:ada'] }), text('shut', { readers: [] })]);
    const ada = as('user:ada');
    expect((await found(ada)).toSorted()).toEqual(['mine', 'open']);
    expect(await found(as())).toEqual(['open']);
    expect((await found(collection)).toSorted()).toEqual(['mine', 'open', 'shut']);
    expect((await ada.documents({ limit: 2 })).map(({ id }) => id)).toEqual(['mine', 'open']);
    expect((await as().documents({ limit: 1 })).map(({ id }) => id)).toEqual(['open']);
    expect(await as().document('mine')).toBeUndefined();
    expect(await as().passages('mine')).toEqual([]);
    expect(await ada.passages('mine')).toHaveLength(1);
    expect(await ada.passages('shut')).toEqual([]);
    expect([ada.readers, ada.relevance]).toEqual([undefined, undefined]);
  });

  it('of a view can only be narrowed by another view', async () => {
    const { collection, as } = await create();
    await collection.ingest([text('mine', { readers: ['user:ada'] }), text('yours', { readers: ['user:bob'] })]);
    expect(await found(as('user:ada').readableBy(() => ['user:ada', 'user:bob']))).toEqual(['mine']);
    expect(await found(as('user:ada').readableBy(() => ['user:bob']))).toEqual([]);
    expect(await found(as('user:ada').through?.({}) ?? collection)).toEqual(['mine']);
  });

  it('are resolved again at each search', async () => {
    const { collection } = await create();
    await collection.ingest([text('mine', { readers: ['group:g'] })]);
    let names: readonly string[] = ['group:g'];
    const view = collection.readableBy(() => names);
    expect(await found(view)).toEqual(['mine']);
    names = [];
    expect(await found(view)).toEqual([]);
    expect(await view.passages('mine')).toEqual([]);
  });

  it('add a mark to the label of found passages once a document has a list', async () => {
    const { collection, as } = await create();
    await collection.ingest([text('open')]);
    expect((await as().info()).label.marks).toEqual([]);
    await collection.readers?.set('open', ['user:ada']);
    expect((await as().info()).label.marks).toEqual([readersMark]);
    const [passage] = await as('user:ada').search({ query: 'robin', mode: 'lexical' });
    expect(passage?.label?.marks).toEqual([readersMark]);
    expect((await collection.info()).label.marks).toEqual([]);
  });

  it('stay with a document that is imported again, and change without embedding when only they change', async () => {
    const { collection, store } = await create();
    await collection.ingest([text('a', { readers: ['user:ada'] })]);
    await collection.ingest([text('a', { content: 'The robin moved to another garden.' })]);
    expect((await collection.document('a'))?.readers).toEqual(['user:ada']);
    const writes = store.puts.length;
    const same = { content: 'The robin moved to another garden.', readers: ['user:bob'] };
    expect(await collection.ingest([text('a', same)])).toMatchObject({ unchanged: 1 });
    expect((await collection.document('a'))?.readers).toEqual(['user:bob']);
    expect(store.puts).toHaveLength(writes);
    await collection.ingest([text('a', { ...same, readers: null })]);
    expect((await collection.document('a'))?.readers).toBeUndefined();
  });

  it('of a file also apply to its records, including new ones', async () => {
    const { collection } = await create();
    const records = (...ids: string[]): string =>
      ids.map((id) => JSON.stringify({ id, text: `The robin of the garden ${id}.` })).join('\n');
    const file = { id: 'all.jsonl', mediaType: 'application/x-ndjson' };
    await collection.ingest([{ ...file, content: records('1', '2'), readers: ['user:ada'] }]);
    expect(await found(collection.readableBy(() => []))).toEqual([]);
    await collection.ingest([{ ...file, content: records('1', '2', '3'), readersIfNew: ['user:ada'] }]);
    expect((await collection.documents()).map(({ readers }) => readers)).toEqual([
      ['user:ada'],
      ['user:ada'],
      ['user:ada'],
    ]);
    expect(await collection.readers?.set('all.jsonl', ['user:bob'])).toBe(3);
    expect(await collection.readers?.set('all.jsonl#2', [])).toBe(1);
    expect(await found(collection.readableBy(() => ['user:bob']))).toEqual(['all.jsonl#1', 'all.jsonl#3']);
    expect(await collection.readers?.set('all', ['user:bob'])).toBe(0);
  });

  it('are copied to a new index, including changes while it is filled and after the switch', async () => {
    const { collections, collection } = await create();
    const { reindexing } = collections;
    if (reindexing === undefined) throw new Error('no indexes');
    await collection.readers?.setRules({ rules: [{ prefix: 'hr/', readers: ['group:hr'] }] });
    await collection.ingest([text('a', { readers: ['user:ada'] }), text('b'), text('hr/c')]);
    await reindexing.begin('faq', { splitter: { kind: 'sentence', overlapTokens: 0 } });
    await reindexing.fill('faq');
    await collection.readers?.set('b', ['user:bob']);
    expect((await reindexing.state('faq')).next?.missing).toBe(0);
    await reindexing.switch('faq', { keepMs: 60_000 });
    const after = await collections.open('faq');
    expect((await after.documents()).map(({ readers }) => readers)).toEqual([['user:ada'], ['user:bob'], ['group:hr']]);
    expect(await after.readers?.rules()).toEqual({ rules: [{ prefix: 'hr/', readers: ['group:hr'] }] });
    await after.readers?.set('a', []);
    await reindexing.back('faq');
    expect((await (await collections.open('faq')).document('a'))?.readers).toEqual([]);
    const compared = await reindexing
      .begin('faq', {})
      .catch(() => undefined)
      .then(() => reindexing.compare('faq', [{ question: 'robin garden', documents: [] }], 10, ['user:bob']));
    expect(compared.rows[0]?.serving).toEqual(['b']);
    expect(compared.rows[0]?.other).toEqual(['b']);
  });
});

describe('rules for readers', () => {
  const rules: ReaderRules = {
    rules: [{ prefix: 'hr/', readers: ['group:hr'] }, { field: 'acl' }, { field: 'owner.team', kind: 'oidc-group' }],
    otherwise: ['group:all'],
  };

  it.each([
    ['hr/pay.md', { acl: 'user:ada' }, ['group:hr']],
    ['HR/pay.md', {}, ['group:all']],
    ['a', { acl: ['user:ada', 'group:x'] }, ['user:ada', 'group:x']],
    ['a', { acl: ['ada', 7, null, { user: 'ada' }] }, []],
    ['a', { acl: null }, []],
    ['a', { acl: [] }, []],
    ['a', { acl: 'user:ada\u200B' }, []],
    ['a', { owner: { team: ['red', 5] } }, ['oidc-group:red', 'oidc-group:5']],
    ['a', { 'owner.team': 'red' }, ['oidc-group:red']],
    ['a', { readers: ['user:bob'] }, ['group:all']],
    ['a', Object.create({ acl: 'user:bob' }) as Record<string, unknown>, ['group:all']],
  ])('give %s with %j the list %j', (id, metadata, list) => {
    expect(readersByRules(rules, { id, metadata })).toEqual(list);
  });

  it('give imported documents their list, follow their metadata, and keep lists that a person set', async () => {
    const { collection } = await create();
    await collection.readers?.setRules({ rules: [{ field: 'team', kind: 'group' }] });
    await collection.ingest([
      text('a', { metadata: { team: 'red' } }),
      text('b', { metadata: { readers: ['user:x'] } }),
    ]);
    expect((await collection.documents()).map(({ readers }) => readers)).toEqual([['group:red'], undefined]);
    await collection.ingest([text('a', { metadata: { team: 'blue' } })]);
    expect((await collection.document('a'))?.readers).toEqual(['group:blue']);
    await collection.readers?.set('a', ['user:ada']);
    await collection.ingest([text('a', { metadata: { team: 'red' } })]);
    expect((await collection.document('a'))?.readers).toEqual(['user:ada']);
    await collection.ingest([text('a', { metadata: { team: 'red' }, readers: ['user:cyd'] })]);
    expect((await collection.document('a'))?.readers).toEqual(['user:cyd']);
  });

  it('apply to stored documents when the rules change, except for lists that a person set', async () => {
    const { collection } = await create();
    await collection.ingest([text('hr/a'), text('hr/b', { readers: ['user:ada'] }), text('c')]);
    const before = { rules: [{ prefix: 'hr/', readers: ['group:hr'] }] };
    expect(await collection.readers?.setRules(before)).toBe(1);
    expect((await collection.documents()).map(({ readers }) => readers)).toEqual([
      undefined,
      ['group:hr'],
      ['user:ada'],
    ]);
    expect(await collection.readers?.setRules({ ...before, otherwise: [] })).toBe(1);
    expect((await collection.document('c'))?.readers).toEqual([]);
    expect(await collection.readers?.setRules(undefined)).toBe(2);
    expect((await collection.documents()).map(({ readers }) => readers)).toEqual([undefined, undefined, ['user:ada']]);
  });
});
