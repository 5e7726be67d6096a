import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Collections, GraphStore } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { createGraphStore } from '../../stores/collections/graph-store.js';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { counting, documents, page } from '../../testing/collections-setup.js';
import { createFakeGraphs } from '../../testing/fake-graphs.js';
import { createMemoryStore } from '../../testing/memory-store.js';
import { wordTokenizer } from '../../testing/word-tokenizer.js';
import { createCollections } from '../create-collections.js';
import { openMerged } from './merged-reads.js';

const long = 'NORTH ATLANTIC TREATY ORGANIZATION';
const texts = [
  page('one.md', `The ${long} (NATO) sits in GENEVA.`, { title: 'one.md' }),
  page('two.md', 'NATO warns of FLU.', { title: 'two.md' }),
  page('three.md', `${long} pays EVE.`, { title: 'three.md' }),
];
const root = 'north atlantic treaty organization';

describe.each(bothDatabases)('merged entities in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let store: GraphStore;
  let collections: Collections;
  let faq: Collection;
  let reply: () => string;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    store = createGraphStore(tables.one);
    reply = () => '{"entities":[]}';
    collections = createCollections({
      embedded: createMemoryStore(),
      documents,
      graphs: createFakeGraphs(store, () => reply()).graphs,
      embedder: async () => counting(),
      tokenizer: async () => wordTokenizer(),
    });
    faq = await collections.create({ name: 'faq', embedding: 'fake' });
    await faq.ingest(texts);
    await faq.graph?.set({ model: 'marker' });
    await faq.graph?.fill();
  });
  afterEach(() => collections.drop('faq'));

  const graph = (of = faq) => of.graph!;
  const ids = async (of = faq, query?: string): Promise<readonly string[]> =>
    (await graph(of).entities({ limit: 50, query })).entities.map(
      ({ id, passages, documents: files }) => `${id} ${passages}/${files}`,
    );
  const neighbours = async (id: string, of = faq): Promise<readonly string[]> =>
    ((await graph(of).entity(id))?.neighbours ?? []).map((one) => one.id);

  it('are one entity everywhere, also after documents are read again or imported, until they are separated', async () => {
    const before = [await ids(), await graph().state(), await graph().entity('nato')];
    expect(await ids()).toEqual(['nato 2/2', `${root} 2/2`, 'eve 1/1', 'flu 1/1', 'geneva 1/1']);
    await graph().merge({ entity: 'nato', into: root });
    // A passage that names both counts once.
    const merged = [`${root} 3/3`, 'eve 1/1', 'flu 1/1', 'geneva 1/1'];
    expect(await ids()).toEqual(merged);
    expect((await graph().state()).entities).toBe(4);
    expect(await ids(faq, 'nato')).toEqual([`${root} 3/3`]);
    for (const id of ['nato', root])
      expect(await graph().entity(id)).toMatchObject({
        entity: { id: root, name: long, passages: 3, documents: 3 },
        merged: [{ id: 'nato', name: 'NATO' }],
        mentions: { length: 3 },
      });
    expect(await neighbours('nato')).toEqual(['eve', 'flu', 'geneva']);
    expect(await neighbours('flu')).toEqual([root]);
    const pages: string[] = [];
    for (let after: string | undefined; ;) {
      const { entities, next } = await graph().entities({ limit: 1, after });
      pages.push(...entities.map(({ id }) => id));
      after = next;
      if (after === undefined) break;
    }
    expect(pages).toEqual([root, 'eve', 'flu', 'geneva']);
    await graph().set({ model: 'marker', types: ['person'] });
    await graph().fill();
    expect(await ids()).toEqual(merged);
    await faq.ingest([page('four.md', 'NATO again.', { title: 'four.md' })]);
    await graph().fill();
    expect((await ids())[0]).toBe(`${root} 4/4`);
    await faq.delete(['four.md']);
    await graph().unmerge('nato');
    expect([await ids(), await graph().state(), await graph().entity('nato')]).toMatchObject([
      before[0],
      { entities: 5 },
      { entity: { id: 'nato', name: 'NATO' }, merged: [], mentions: { length: 2 } },
    ]);
  });

  it('have the relations of both, and none between each other', async () => {
    const said = (source: string, target: string) => ({ source, target, relation: 'knows' });
    const found = ['NATO', long, 'EVE'].map((name) => ({ name, type: 'organisation' }));
    reply = () => JSON.stringify({ entities: found, relations: [said('NATO', long), said('NATO', 'EVE'), said('EVE', long)] }); // prettier-ignore
    await faq.ingest([page('five.md', `NATO, ${long} and EVE.`, { title: 'five.md' })]);
    await graph().set({ model: 'reader' });
    await graph().fill();
    await graph().merge({ entity: 'nato', into: root });
    const relations = (await graph().entity(root))?.relations.map(({ source, target }) => `${source}>${target}`);
    expect(new Set(relations)).toEqual(new Set([`${root}>eve`, `eve>${root}`]));
    const ofEve = (await graph().entity('eve'))?.relations.map(({ source, target }) => `${source}>${target}`);
    expect(new Set(ofEve)).toEqual(new Set(relations));
  });

  it('can be merged further, and a separated entity keeps what was merged into it', async () => {
    await graph().merge({ entity: 'eve', into: 'nato' });
    await graph().merge({ entity: 'nato', into: root });
    expect(await ids()).toEqual([`${root} 3/3`, 'flu 1/1', 'geneva 1/1']);
    expect((await graph().entity('eve'))?.merged.map(({ id }) => id)).toEqual(['eve', 'nato']);
    // They are one entity already.
    await expect(graph().merge({ entity: root, into: 'eve' })).rejects.toMatchObject({ code: 'bad_request' });
    await graph().unmerge('nato');
    expect(await ids()).toEqual(['nato 3/3', `${root} 2/2`, 'flu 1/1', 'geneva 1/1']);
  });

  it('form no cycle when two processes merge at once: the second one is refused', async () => {
    const theirs = createGraphStore(tables.other);
    const outcomes = await Promise.allSettled([
      store.merge('faq', { entity: 'nato', target: root }),
      theirs.merge('faq', { entity: root, target: 'nato' }),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
    expect((await ids())[0]).toMatch(/ 3\/3$/);
    await expect(graph().unmerge('flu')).rejects.toMatchObject({ code: 'conflict' });
    await expect(graph().merge({ entity: 'nobody', into: 'nato' })).rejects.toMatchObject({ code: 'graph_missing' });
    await graph().set(undefined);
    expect(await store.merges('faq')).toEqual([]);
    await expect(store.merge('faq', { entity: 'eve', target: 'flu' })).rejects.toMatchObject({ code: 'graph_missing' });
  });

  it('hide the name of an entity that only hidden documents contain', async () => {
    await graph().merge({ entity: 'nato', into: root });
    await faq.ingest([texts[0]!, texts[2]!].map((one) => ({ ...one, readers: ['boss'] })));
    await graph().fill();
    const anybody = faq.readableBy(() => []);
    const seen = [
      await graph(anybody).entities({ limit: 50 }),
      await graph(anybody).entity('nato'),
      await graph(anybody).entity('flu'),
      await graph(anybody).suggestions(),
      await anybody.search({ query: 'NATO', k: 9, mode: 'lexical', graphWeight: 1 }),
    ];
    expect(JSON.stringify(seen)).not.toMatch(/north|NORTH|GENEVA|geneva|EVE/);
    expect(seen[1]).toMatchObject({ entity: { id: 'nato', passages: 1 }, merged: [] });
    expect(await ids(anybody, 'north')).toEqual([]);
    expect(await neighbours('flu', anybody)).toEqual(['nato']);
    for (const request of [
      { entity: 'nato', into: root },
      { entity: 'eve', into: 'nato' },
    ])
      if (request.into !== root)
        await expect(graph(anybody).merge(request)).rejects.toMatchObject({ code: 'graph_missing' });
    const boss = faq.readableBy(() => ['boss']);
    expect((await ids(boss))[0]).toBe(`${root} 3/3`);
  });

  it('link passages in a search by each of their names', async () => {
    await faq.ingest(['n1.md', 'n2.md'].map((id) => page(id, 'What warns of something.', { title: id })));
    await graph().fill();
    const asked = { query: 'What warns of FLU ?', k: 9, mode: 'lexical', graphWeight: 1 } as const;
    const linksOf = async () =>
      Object.fromEntries((await faq.search(asked)).map(({ document, linkedBy = [] }) => [document, linkedBy]));
    expect((await linksOf())['three.md']).toEqual([]);
    await graph().merge({ entity: 'nato', into: root });
    // The second document has NATO, the third one the long name.
    expect((await linksOf())['three.md']).toEqual([long]);
    const named = await faq.search({ ...asked, query: 'NATO warns of something' });
    expect(named.find(({ document }) => document === 'three.md')?.linkedBy).toEqual([long]);
  });

  it('are suggested by letters, spelling and explained initials, unless a person rejected the pair', async () => {
    await faq.ingest([
      page('seven.md', 'LOVELACEADE again.', { title: 'seven.md' }),
      page('six.md', 'CAFE NOIR, CAFENOIR, LOVELACEADA and LOVELACEADE, PART 1 and PART 2, NEW YORK, NY, ACME, ACNE.', { title: 'six.md' }), // prettier-ignore
    ]);
    await graph().fill();
    const pairs = async (of = faq): Promise<readonly string[]> =>
      (await graph(of).suggestions()).map(({ one, other, reason }) => `${[one.id, other.id].sort().join(' = ')}: ${reason}`).sort(); // prettier-ignore
    const expected = [
      'cafe noir = cafenoir: letters',
      'lovelaceada = lovelaceade: spelling',
      `nato = ${root}: initials`,
    ];
    expect(await pairs()).toEqual(expected);
    // The entity of more passages comes first: the editor merges the other one into it.
    const typing = (await graph().suggestions()).find(({ reason }) => reason === 'spelling');
    expect([typing?.one.id, typing?.other.id]).toEqual(['lovelaceade', 'lovelaceada']);
    await graph().keepApart({ one: 'cafenoir', other: 'cafe noir' });
    await graph().merge({ entity: 'nato', into: root });
    expect(await pairs()).toEqual([expected[1]]);
    await graph().unmerge('nato');
    expect(await pairs()).toEqual(expected.slice(1));
    // When the passage that explains the initials is hidden, they suggest nothing.
    await faq.ingest([{ ...texts[0]!, readers: ['boss'] }]);
    await graph().fill();
    expect(await pairs(faq.readableBy(() => []))).toEqual([expected[1]]);
  });
});

it('are each their own root when damaged merges form a cycle', async () => {
  const merge = (entity: string, target: string) => ({ entity, target });
  const merges = [merge('a', 'b'), merge('b', 'a'), merge('c', 'a')];
  const store = { merges: () => Promise.resolve(merges) } as unknown as GraphStore;
  const reads = await openMerged(store, 'faq');
  expect(['a', 'b', 'c', 'd'].map((id) => reads.rootOf(id))).toEqual(['a', 'b', 'c', 'd']);
});
