import type { GraphDocument, GraphStore } from '@heddle/core';
import { createFakeClock, type TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { createGraphStore } from './graph-store.js';

/** `ada:2` is Ada in passage 2 of the document. */
const found = (document: string, mentions: string, relations = ''): GraphDocument => ({
  document,
  key: `key of ${document}`,
  mentions: mentions.split(' ').flatMap((one) => {
    const [entity = '', passage = ''] = one.split(':');
    if (entity === '') return [];
    return [{ entity, passage: `${document}#${passage}`, name: entity.toUpperCase(), type: 'person' }];
  }),
  relations: relations.split(' ').flatMap((one) => {
    const [source = '', target = ''] = one.split('>');
    return source === '' ? [] : [{ source, target, text: 'knows', passage: `${document}#1` }];
  }),
});

/** Writes as a process that has claimed the document. */
async function write(store: GraphStore, collection: string, of: GraphDocument): Promise<void> {
  await store.claim(collection, of.document);
  await store.write(collection, of);
}

describe.each(bothDatabases)('a knowledge graph in %s', (_name, open) => {
  let database: TestedDatabase;
  let graph: GraphStore;
  let theirs: GraphStore;
  let subject: TablesSubject;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    [graph, theirs] = [createGraphStore(subject.one), createGraphStore(subject.other)];
    for (const collection of ['docs', 'others']) await graph.begin(collection);
  });

  const counted = async (query?: string): Promise<readonly string[]> =>
    (await graph.entities('docs', { query, limit: 50 })).map(
      ({ id, passages, documents }) => `${id} ${passages}/${documents}`,
    );
  const positionsOf = (rows: readonly { readonly entity: string; readonly passage: string }[]): readonly string[] =>
    rows.map(({ entity, passage }) => `${entity} ${passage}`).sort();

  it('stores nothing after it was removed, until it is started again', async () => {
    await write(graph, 'docs', found('a', 'ada:1'));
    await theirs.forget('docs');
    const failed = { document: 'b', key: 'k', code: 'graph_failed', message: 'No JSON.' };
    await expect(write(graph, 'docs', found('a', 'ada:1'))).rejects.toMatchObject({ code: 'graph_missing' });
    await expect(graph.fail('docs', failed)).rejects.toMatchObject({ code: 'graph_missing' });
    expect([await counted(), await graph.documents('docs', { limit: 5 })]).toEqual([[], []]);
    await theirs.begin('docs');
    await graph.begin('docs');
    await write(graph, 'docs', found('a', 'ada:1'));
    expect(await counted()).toEqual(['ada 1/1']);
  });

  it('counts the passages and documents of each entity after replacements, failures and removals', async () => {
    await write(graph, 'docs', found('a', 'ada:1 ada:2 bob:1', 'ada>bob'));
    await write(theirs, 'docs', found('b', 'ada:1 eve:1', 'ada>eve eve>ada'));
    await write(graph, 'others', found('a', 'ada:9'));
    expect(await counted()).toEqual(['ada 3/2', 'bob 1/1', 'eve 1/1']);
    expect(await theirs.counts('docs')).toEqual({ entities: 3, relations: 3 });
    // The same passage of the same document, with something else in it.
    await write(graph, 'docs', found('a', 'ada:2 zoe:1'));
    expect(await counted()).toEqual(['ada 2/2', 'eve 1/1', 'zoe 1/1']);
    await graph.claim('docs', 'b');
    await graph.fail('docs', { document: 'b', key: 'k', code: 'graph_failed', message: 'No JSON.' });
    expect(await counted()).toEqual(['ada 1/1', 'zoe 1/1']);
    expect(await graph.documents('docs', { limit: 5 })).toEqual([
      { document: 'a', key: 'key of a', relations: 0, failure: undefined },
      { document: 'b', key: 'k', relations: 0, failure: { code: 'graph_failed', message: 'No JSON.' } },
    ]);
    expect(await graph.documents('docs', { after: 'a', limit: 1 })).toHaveLength(1);
    await graph.forget('docs', ['a', 'none']);
    expect([await counted(), await graph.counts('docs')]).toEqual([[], { entities: 0, relations: 0 }]);
    await graph.forget('docs');
    expect([await graph.documents('docs', { limit: 5 }), await graph.counts('others')]).toEqual([
      [],
      { entities: 1, relations: 0 },
    ]);
  });

  it('counts correctly when two processes write documents with the same entities at once', async () => {
    const names = ['ada', 'bob', 'eve', 'zoe'];
    const all = Array.from({ length: 12 }, (_, at) =>
      found(`d${at}`, (at % 2 === 0 ? names : names.toReversed()).map((name) => `${name}:${at}`).join(' ')),
    );
    await Promise.all(all.map((one, at) => write(at % 2 === 0 ? graph : theirs, 'docs', one)));
    await Promise.all([
      graph.forget('docs', ['d0', 'd1']),
      write(theirs, 'docs', found('d2', 'ada:1')),
      write(graph, 'docs', found('d3', 'zoe:1')),
    ]);
    expect(await counted()).toEqual(['ada 9/9', 'zoe 9/9', 'bob 8/8', 'eve 8/8']);
  });

  it('gives mentions and relations in pages, and entities by a part of their name', async () => {
    await write(graph, 'docs', found('a', 'ada:1 ada:2 100%:1 bob:2', 'ada>bob bob>eve'));
    await write(graph, 'docs', found('b', 'ada:1 1000:1', 'eve>ada'));
    const first = await graph.mentionsOf('docs', 'ada', { limit: 2 });
    const rest = await graph.mentionsOf('docs', 'ada', { after: first[1], limit: 2 });
    expect([...first, ...rest].map(({ passage }) => passage)).toEqual(['a#1', 'a#2', 'b#1']);
    expect(positionsOf(await graph.mentionsOfAll('docs', ['bob', 'ada', 'none']))).toEqual([
      'ada a#1',
      'ada a#2',
      'ada b#1',
      'bob a#2',
    ]);
    const positions = [
      { document: 'a', passage: 'a#2' },
      { document: 'b', passage: 'b#1' },
    ];
    expect(positionsOf(await graph.mentionsIn('docs', positions))).toEqual([
      '1000 b#1',
      'ada a#2',
      'ada b#1',
      'bob a#2',
    ]);
    const byId = await graph.entitiesById('docs', { limit: 2 });
    expect(byId.map(({ id }) => id)).toEqual(['100%', '1000']);
    expect((await graph.entitiesById('docs', { after: '1000', limit: 9 })).map(({ id }) => id)).toEqual(['ada', 'bob']);
    const [one] = await graph.relationsOf('docs', 'ada', { limit: 1 });
    const more = await graph.relationsOf('docs', 'ada', { after: one, limit: 5 });
    expect([one, ...more].map((relation) => `${relation?.source}>${relation?.target}`)).toEqual(['ada>bob', 'eve>ada']);
    expect(await counted('0%')).toEqual(['100% 1/1']);
    expect(await counted('_')).toEqual([]);
    const [ada] = await graph.entities('docs', { limit: 1 });
    expect(ada).toEqual({ id: 'ada', name: 'ADA', type: 'person', passages: 3, documents: 2 });
    expect((await graph.entities('docs', { after: ada, limit: 2 })).map(({ id }) => id)).toEqual(['100%', '1000']);
    expect((await graph.find('docs', ['bob', 'none'])).map(({ id }) => id)).toEqual(['bob']);
  });

  it('stores texts that a database might refuse', async () => {
    const name = `a${String.fromCodePoint(0)}"'; --`;
    await write(graph, 'docs', {
      document: 'x#1',
      key: 'k',
      mentions: [{ entity: 'a', passage: 'x#1#1', name, type: 'person' }],
      relations: [],
    });
    expect(await graph.mentionsOf('docs', 'a', { limit: 2 })).toHaveLength(1);
  });

  describe('that several processes fill', () => {
    const leaseMs = 300;
    /** Each process has its own clock. A process whose clock stands still does not renew its claims. */
    const openBoth = () => {
      const mine = createFakeClock();
      const other = createFakeClock();
      graph = createGraphStore(subject.one, { clock: mine, leaseMs });
      theirs = createGraphStore(subject.other, { clock: other, leaseMs });
      return { mine, other };
    };
    const kept = (number: number, name: string) => ({
      number,
      passage: `a#${number}`,
      found: { mentions: found('a', `${name}:${number}`).mentions, relations: [] },
    });
    const of = { document: 'a', key: 'key of a' };

    it('gives a document to one of them at a time, and accepts results only from that one', async () => {
      openBoth();
      const claims = await Promise.all([graph.claim('docs', 'a'), theirs.claim('docs', 'a')]);
      expect(claims.filter((one) => one !== undefined)).toHaveLength(1);
      const [winner, loser] = claims[0] === undefined ? [theirs, graph] : [graph, theirs];
      expect(await loser.claim('docs', 'b')).toBeDefined();
      expect(await loser.claim('others', 'a')).toBeDefined();
      expect(await winner.claim('docs', 'a')).toBeDefined();
      const refused = [
        loser.write('docs', found('a', 'eve:1')),
        loser.keep('docs', of, [kept(0, 'eve')]),
        loser.fail('docs', { ...of, code: 'graph_failed', message: 'No JSON.' }),
      ];
      for (const one of refused) await expect(one).rejects.toMatchObject({ code: 'conflict' });
      await winner.write('docs', found('a', 'ada:1'));
      expect(await counted()).toEqual(['ada 1/1']);
      // The document ends with the results.
      expect(await loser.claim('docs', 'a')).toBeDefined();
      expect(await loser.state('docs', 'a')).toMatchObject({ key: 'key of a' });
      expect(await loser.state('docs', 'none')).toBeUndefined();
    });

    it('gives a document to another process when the first renews nothing, and then refuses its results', async () => {
      const { mine, other } = openBoth();
      const claim = await graph.claim('docs', 'a');
      const lost = new Promise((resolve) => claim?.lost.addEventListener('abort', resolve));
      await graph.keep('docs', of, [kept(0, 'ada'), kept(1, 'bob')]);
      await other.advance(leaseMs - 1);
      expect(await theirs.claim('docs', 'a')).toBeUndefined();
      await other.advance(1);
      expect(await theirs.claim('docs', 'a')).toBeDefined();
      expect(await theirs.kept('docs', of)).toEqual([kept(0, 'ada'), kept(1, 'bob')]);
      await expect(graph.keep('docs', of, [kept(2, 'eve')])).rejects.toMatchObject({ code: 'conflict' });
      await mine.advance(leaseMs / 3);
      await lost;
      await claim?.release();
      await theirs.write('docs', found('a', 'ada:1'));
      expect([await counted(), await theirs.kept('docs', of)]).toEqual([['ada 1/1'], []]);
    });

    it('leaves a document to a process that renews its claim', async () => {
      const { mine, other } = openBoth();
      let renewal: Promise<void> | undefined;
      const note: TablesSubject['one']['note'] = (writes) => (renewal = subject.one.note(writes));
      graph = createGraphStore({ ...subject.one, note }, { clock: mine, leaseMs });
      const claim = await graph.claim('docs', 'a');
      for (let time = 0; time < 5 * leaseMs; time += leaseMs / 3) {
        await mine.advance(leaseMs / 3);
        await renewal;
        await other.advance(leaseMs / 3);
        expect(await theirs.claim('docs', 'a')).toBeUndefined();
      }
      expect(claim?.lost.aborted).toBe(false);
      await claim?.release();
      expect(await theirs.claim('docs', 'a')).toBeDefined();
    });

    it('keeps the passages of a failed document, only for its state, until it is read or removed', async () => {
      const keys = async (): Promise<readonly unknown[]> =>
        (await graph.keptCounts('docs')).map(({ document, key, passages }) => [document, key, passages]);
      await graph.claim('docs', 'a');
      await graph.keep('docs', of, [kept(0, 'ada'), kept(3, 'bob')]);
      await graph.fail('docs', { ...of, code: 'graph_failed', message: 'No JSON.' });
      expect(await keys()).toEqual([['a', 'key of a', 2]]);
      expect(await graph.kept('docs', { document: 'a', key: 'another' })).toEqual([]);
      await graph.claim('docs', 'a');
      await graph.keep('docs', of, [kept(3, 'eve')]);
      expect((await graph.kept('docs', of)).map(({ number }) => number)).toEqual([0, 3]);
      await theirs.forget('docs', ['a']);
      expect(await keys()).toEqual([]);
      await expect(graph.keep('docs', of, [kept(0, 'ada')])).rejects.toMatchObject({ code: 'conflict' });
      await graph.claim('docs', 'a');
      await graph.keep('docs', of, [kept(0, 'ada')]);
      await theirs.forget('docs');
      expect(await keys()).toEqual([]);
      await graph.claim('docs', 'a');
      await expect(graph.keep('docs', of, [kept(0, 'ada')])).rejects.toMatchObject({ code: 'graph_missing' });
    });

    it('releases the claims of a killed process to the next one at once when that one is alone', async () => {
      openBoth();
      await graph.claim('docs', 'a');
      const next = createGraphStore(subject.other);
      expect(await next.claim('docs', 'a')).toBeDefined();
      await expect(graph.write('docs', found('a', 'eve:1'))).rejects.toMatchObject({ code: 'conflict' });
      await next.write('docs', found('a', 'ada:1'));
      expect(await counted()).toEqual(['ada 1/1']);
    });
  });
});
