import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Tables, VectorStore } from '@heddle/core';
import { createGraphStore } from '../../stores/collections/graph-store.js';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { counting, documents, page } from '../../testing/collections-setup.js';
import { createFakeGraphs, type AskedGraph } from '../../testing/fake-graphs.js';
import { createMemoryStore } from '../../testing/memory-store.js';
import { wordTokenizer } from '../../testing/word-tokenizer.js';
import { createCollections } from '../create-collections.js';

/** Claims are short, and tests move their clocks, so that a waiting process asks often. */
const leaseMs = 30;
const splitter = { kind: 'markdown', maxTokens: 16, overlapTokens: 0 } as const;
/** Documents of three passages, each document with one name. */
const pages = Array.from({ length: 8 }, (_, at) =>
  page(`d${at}.md`, ['one', 'two', 'three'].map((part) => `## ${part}\n\nADA${at} ${part} is here.`).join('\n\n'), {
    title: `d${at}.md`,
  }),
);

/** The part of a document in a prompt, such as `ADA3 two`. */
const partOf = ({ prompt }: AskedGraph): string => /ADA\d (?:one|two|three)/.exec(prompt)?.[0] ?? 'none';
const replyOf = (asked: AskedGraph): string =>
  JSON.stringify({ entities: [{ name: partOf(asked).slice(0, 4), type: 'person' }], relations: [] });

describe.each(bothDatabases)('a knowledge graph that two processes fill, in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: Readonly<Record<'one' | 'other', Tables>>;
  let vectors: VectorStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    vectors = createMemoryStore();
  });

  /** A process, with the parts that it sent to its model. */
  const start = async (
    name: 'one' | 'other',
    clock: FakeClock,
    reply: (asked: AskedGraph) => string | Promise<string>,
  ) => {
    const fake = createFakeGraphs(createGraphStore(tables[name], { clock, leaseMs }), reply);
    const collections = createCollections({
      embedded: vectors,
      documents,
      graphs: fake.graphs,
      embedder: async () => counting(),
      tokenizer: async () => wordTokenizer(),
    });
    const isThere = (await collections.list()).length > 0;
    const faq = isThere
      ? await collections.open('faq')
      : await collections.create({ name: 'faq', embedding: 'fake', splitter });
    return { faq, asked: () => fake.asked.map(partOf) };
  };
  const begin = async (faq: Collection): Promise<void> => {
    await faq.ingest(pages);
    await faq.graph?.set({ model: 'reader' });
  };
  const entities = async (faq: Collection): Promise<readonly string[]> =>
    (await faq.graph!.entities({ limit: 50 })).entities.map(({ id, passages }) => `${id} ${passages}`);
  const whole = pages.map((_, at) => `ada${at} 3`);

  it('has each passage read once, and both fills end when all passages are read', async () => {
    const clock = createFakeClock();
    const one = await start('one', clock, replyOf);
    await begin(one.faq);
    const other = await start('other', clock, replyOf);
    const states = await Promise.all([one.faq.graph!.fill(), other.faq.graph!.fill()]);
    expect(states).toMatchObject([{ missing: 0 }, { missing: 0 }]);
    const asked = [...one.asked(), ...other.asked()];
    expect([asked.length, new Set(asked).size]).toEqual([24, 24]);
    expect(await entities(one.faq)).toEqual(whole);
  });

  it('continues with the document of a process that stopped, after its stored passages, and refuses its later results', async () => {
    const stopped = createFakeClock();
    const clock = createFakeClock();
    let goOn = (_reply: string): void => undefined;
    const hung = new Promise<string>((resolve) => (goOn = resolve));
    let reach = (): void => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const one = await start('one', stopped, (asked) => {
      if (partOf(asked) !== 'ADA2 two') return replyOf(asked);
      reach();
      return hung;
    });
    await begin(one.faq);
    const first = one.faq.graph!.fill();
    await reached;
    // The first process holds the third document, and its clock stands still.
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const other = await start('other', clock, (asked) => {
      if (partOf(asked) === 'ADA7 three') end();
      return replyOf(asked);
    });
    const second = other.faq.graph!.fill();
    await ended;
    expect(other.asked().some((part) => part.startsWith('ADA2'))).toBe(false);
    await clock.advance(leaseMs);
    expect(await second).toMatchObject({ missing: 0 });
    expect(other.asked().slice(-2)).toEqual(['ADA2 two', 'ADA2 three']);
    expect(other.asked()).toHaveLength(17);
    // It wakes up: its result is not stored, and it ends.
    goOn(JSON.stringify({ entities: [{ name: 'ADA2', type: 'place' }], relations: [] }));
    expect(await first).toMatchObject({ missing: 0 });
    expect(one.asked().slice(6)).toEqual(['ADA2 one', 'ADA2 two']);
    expect(await entities(other.faq)).toEqual(whole);
    expect((await other.faq.graph!.entity('ada2'))?.entity.type).toBe('person');
  });
});
