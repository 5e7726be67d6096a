import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Collections, DocumentInput, Passage, SearchRequest, VectorStore } from '@heddle/core';
import { createFakeEmbedder } from '@heddle/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { openDatabase, type HeddleDatabase } from '../../../database/open-database.js';
import { sqliteTables } from '../../../database/sqlite-tables.js';
import { createGraphStore } from '../../../stores/collections/graph-store.js';
import { documents, page } from '../../../testing/collections-setup.js';
import { createFakeGraphs } from '../../../testing/fake-graphs.js';
import { wordTokenizer } from '../../../testing/word-tokenizer.js';
import { createEmbeddedStore, type EmbeddedStore } from '../../../vectors/embedded/embedded-store.js';
import { visibleBySearch } from '../../../vectors/shared/visible-by-search.js';
import { createCollections } from '../../create-collections.js';

type Request = Partial<z.input<typeof SearchRequest>>;

/** Texts that share no word with the question and are far from it. */
const noise = Array.from({ length: 150 }, (_, at) =>
  page(`noise${at}.md`, `Pebbles number ${at} lie on a shore ${at}.`),
);
const film = page('film.md', 'Who made the film about the OLD HARBOUR? The maker is VERA STONE.');
const vera = page('vera.md', 'VERA STONE was born in 1950 in LOWTOWN.');
const town = page('town.md', 'LOWTOWN lies by a lake.');
const question = 'Where was the maker of the film about the old harbour born?';

describe('a search with a knowledge graph', () => {
  let folder: string;
  let database: HeddleDatabase;
  let store: EmbeddedStore;
  let statements: string[];
  let collections: Collections;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-links-'));
    database = openDatabase(join(folder, 'heddle.db'));
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    statements = [];
    collections = openCollections(store);
  });
  const openCollections = (embedded: VectorStore): Collections => {
    const tables = sqliteTables(database);
    const { graphs } = createFakeGraphs(
      createGraphStore({
        ...tables,
        all: (sql, values) => {
          statements.push(sql);
          return tables.all(sql, values);
        },
      }),
    );
    return createCollections({
      embedded,
      documents,
      graphs,
      embedder: async () => createFakeEmbedder({ id: 'fake' }),
      tokenizer: async () => wordTokenizer(),
    });
  };
  afterEach(async () => {
    await store.close();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const filled = async (name: string, inputs: readonly DocumentInput[]): Promise<Collection> => {
    const collection = await collections.create({ name, embedding: 'fake' });
    await collection.ingest(inputs);
    await collection.graph?.set({ model: 'marker' });
    await collection.graph?.fill();
    statements.length = 0;
    return collection;
  };
  const ask = (of: Collection, request: Request = {}): Promise<readonly Passage[]> =>
    of.search({ query: question, k: 3, graphWeight: 0.5, ...request });
  const documentsOf = (found: readonly Passage[]): readonly string[] => found.map(({ document }) => document);

  it.each(['dense', 'lexical', 'hybrid'] as const)(
    'raises passages that a first passage links to: %s',
    async (mode) => {
      const faq = await filled('faq', [film, vera, town, ...noise]);
      const found = await ask(faq, { mode, graphWeight: 1 });
      expect(documentsOf(found).slice(0, 2)).toEqual(['film.md', 'vera.md']);
      expect(found[1]).toMatchObject({ linkedBy: ['VERA STONE'], scores: { graph: expect.any(Number) } });
      for (const { scores, score } of found) {
        expect(scores?.graph ?? 0).toBeLessThanOrEqual(1);
        expect(Number.isFinite(score)).toBe(true);
      }
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b! - a!));
    },
  );

  it('reads nothing of the graph without a weight, and few rows with a weight', async () => {
    const faq = await filled('faq', [film, vera, town, ...noise]);
    const plain = await ask(faq, { graphWeight: undefined });
    expect([statements, plain.some(({ linkedBy }) => linkedBy !== undefined)]).toEqual([[], false]);
    expect(await ask(faq, { graphWeight: 0 })).toEqual(plain);
    expect(statements).toEqual([]);
    await ask(faq);
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.length).toBeLessThanOrEqual(8);
    await faq.settings?.set({ graphWeight: 0.5 });
    const reopened = await collections.open('faq');
    expect((await ask(reopened, { graphWeight: undefined }))[1]?.linkedBy).toEqual(['VERA STONE']);
    await reopened.graph?.set(undefined);
    expect(documentsOf(await ask(reopened))).toEqual(documentsOf(plain));
  });

  it('does not link by the earlier text of a changed document', async () => {
    const faq = await filled('faq', [film, vera, town, ...noise]);
    await faq.ingest([page('vera.md', 'Nothing of that any more.')]);
    const found = await ask(faq, { k: 20 });
    expect(JSON.stringify(found.filter(({ document }) => document === 'vera.md'))).not.toContain('STONE');
    await faq.ingest([page('film.md', String(film.content).replace('VERA STONE', 'somebody'))]);
    expect(JSON.stringify(await ask(faq, { k: 20 }))).not.toContain('VERA');
  });

  it('adds no passage below a threshold, and keeps parent passages, recency and diversity', async () => {
    const faq = await filled('faq', [film, vera, ...noise]);
    const strict = await ask(faq, { mode: 'lexical', threshold: 0.001 });
    expect(documentsOf(strict)).toContain('film.md');
    expect(strict.every(({ scores }) => scores?.lexical !== undefined)).toBe(true);
    const wide = await ask(faq, { returns: 'window', diversity: 0.2, boosts: [{ filter: { op: 'eq', field: 'document', value: 'vera.md' }, factor: 5 }] }); // prettier-ignore
    expect(documentsOf(wide)).toContain('vera.md');
  });

  it('passes linked passages to the reranker', async () => {
    const reranker = { id: 'cross', destination: { name: 'cross', clearance: 'restricted', isLocal: true } as const };
    const read: string[] = [];
    const rerank = async (_question: string, texts: readonly string[]) => {
      read.push(...texts);
      return texts.map((text) => (text.startsWith('VERA') ? 1 : 0));
    };
    const ranked = createCollections({
      embedded: store,
      documents,
      graphs: createFakeGraphs(createGraphStore(sqliteTables(database))).graphs,
      embedder: async () => createFakeEmbedder({ id: 'fake' }),
      tokenizer: async () => wordTokenizer(),
      reranker: async () => ({ ...reranker, rerank }),
    });
    await filled('faq', [film, vera, ...noise]);
    const faq = await ranked.open('faq');
    await faq.settings?.set({ reranker: { model: 'cross', candidates: 5, ifUnavailable: 'fail' } });
    const found = await ask(await ranked.open('faq'));
    expect(read).toContain(vera.content);
    expect(found[0]).toMatchObject({ document: 'vera.md', linkedBy: ['VERA STONE'], scores: { rerank: 1 } });
  });

  it('reveals no document that a list or a filter hides, not even by the order of results', async () => {
    const random = randomNumbers(7);
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
    const slow = openCollections(slowly(store));
    const names = ['ADA', 'BOB', 'EVE', 'ADA STONE', 'STONE', 'LOW TOWN', 'TOWN', 'ZED', 'OLD HARBOUR'];
    for (let round = 0; round < 6; round += 1) {
      const inputs = Array.from({ length: 60 }, (_, at): DocumentInput & { readonly isHidden: boolean } => {
        const isHidden = random() < 0.5;
        const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(names));
        // Only hidden documents name these, more often than a rare entity.
        if (isHidden) parts.push('ADA STONE TOWN', 'EVE');
        const text = `Texts ${pick(['lake', 'road', 'hill'])} ${at} with ${parts.join(' and ')} there ${at}.`;
        return { ...page(`d${at}`, text, { metadata: { kept: !isHidden }, title: `t ${at}.md` }), isHidden };
      });
      const listed = inputs.map(({ isHidden, ...one }) => ({ ...one, readers: isHidden ? ['somebody'] : ['me'] }));
      const open = inputs.filter(({ isHidden }) => !isHidden).map(({ isHidden: _isHidden, ...one }) => one);
      const restricted = (await filled(`r${round}`, listed)).readableBy(() => ['me']);
      const filtered = await filled(`f${round}`, inputs.map(({ isHidden: _isHidden, ...one }) => one)); // prettier-ignore
      const alone = await filled(`a${round}`, open);
      const hidden = new Set(inputs.filter(({ isHidden }) => isHidden).map(({ id }) => id));
      const kept = { op: 'eq', field: 'kept', value: true } as const;
      for (const query of ['ada stone town lake', 'EVE on the hill', 'the old harbour and low town road', 'Zed']) {
        const shown = (found: readonly Passage[]) =>
          found.map(({ document, score = 0, linkedBy, scores }) => [document, score.toFixed(5), linkedBy, scores?.graph?.toFixed(5)]); // prettier-ignore
        const request = { query, k: 12, mode: 'dense' } as const;
        const wanted = shown(await ask(alone, request));
        expect(shown(await ask(restricted, request))).toEqual(wanted);
        expect(shown(await ask(filtered, { ...request, filter: kept }))).toEqual(wanted);
        // The store decides at once what documents and searches show one by one.
        for (const mode of ['dense', 'lexical', 'hybrid'] as const) {
          const wide = { ...request, mode, k: 40 };
          const plain = (await slow.open(`r${round}`)).readableBy(() => ['me']);
          expect(shown(await ask(restricted, wide))).toEqual(shown(await ask(plain, wide)));
          const narrow = { ...wide, filter: kept };
          expect(shown(await ask(filtered, narrow))).toEqual(shown(await ask(await slow.open(`f${round}`), narrow)));
        }
        for (const mode of ['lexical', 'hybrid'] as const)
          for (const found of [
            await ask(restricted, { ...request, mode, k: 40 }),
            await ask(filtered, { ...request, mode, k: 40, filter: kept }),
          ])
            for (const { document, linkedBy = [], text } of found) {
              expect(hidden).not.toContain(document);
              for (const name of linkedBy) expect(text).toContain(name);
            }
      }
    }
  }, 120_000);

  it('follows lists of readers and filters, even when a frequent entity is rare for the reader', async () => {
    const crowd = Array.from({ length: 260 }, (_, at) =>
      page(`secret${at}.md`, `VERA STONE number ${at} is a secret ${at}.`, { readers: ['boss'] }),
    );
    const faq = await filled('faq', [film, vera, ...noise, ...crowd]);
    const found = await ask(
      faq.readableBy(() => []),
      { k: 4 },
    );
    expect(documentsOf(found).slice(0, 2)).toEqual(['film.md', 'vera.md']);
    expect(found[1]?.linkedBy).toEqual(['VERA STONE']);
    expect(documentsOf(found).some((id) => id.startsWith('secret'))).toBe(false);
    // The boss can read 261 passages with the entity, so it links nothing.
    expect((await ask(faq.readableBy(() => ['boss']), { k: 4 })).some(({ linkedBy }) => linkedBy?.includes('VERA STONE'))).toBe(false); // prettier-ignore
  });
});

/** The same store, but it finds what is visible by asking for each document and searching in it. */
const slowly = (store: VectorStore): VectorStore => ({
  ...store,
  open: async (name) => {
    const inner = await store.open(name);
    const { dimensions } = await inner.info();
    return { ...inner, visible: (positions, to) => visibleBySearch({ inner, dimensions }, positions, to) };
  },
});

/** Numbers from 0 to 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
