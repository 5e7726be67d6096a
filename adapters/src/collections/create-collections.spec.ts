import { afterAll, describe, expect, it } from '@jest/globals';
import { HeddleError, labelOf, type DocumentInput, type Embedder, type IngestProgress } from '@heddle/core';
import { createFakeEmbedder } from '@heddle/core/testing';
import { createDocuments } from '../documents/index.js';
import { wordTokenizer } from '../testing/word-tokenizer.js';
import { createCollections } from './create-collections.js';
import { createMemoryStore } from '../testing/memory-store.js';

const documents = createDocuments();
afterAll(() => documents.close());

interface Counting extends Embedder {
  readonly texts: string[];
}

const counting = (embed?: Embedder['embed']): Counting => {
  const inner = createFakeEmbedder({ id: 'fake' });
  const texts: string[] = [];
  return {
    ...inner,
    texts,
    embed: (batch, options) => {
      if (options.kind === 'passage') texts.push(...batch);
      return (embed ?? inner.embed.bind(inner))(batch, options);
    },
  };
};

const setUp = (embedder: Embedder = createFakeEmbedder({ id: 'fake' })) => {
  const store = createMemoryStore();
  const current = { embedder };
  const collections = createCollections({
    embedded: store,
    documents,
    embedder: async (id) => {
      if (id !== 'fake' && id !== 'other') throw new HeddleError('model_wrong_kind', `Model '${id}' writes text.`);
      return current.embedder;
    },
    tokenizer: async () => wordTokenizer(),
    modelExists: (id) => id !== 'nothing',
  });
  return { store, collections, current };
};

const page = (id: string, text: string, rest: Partial<DocumentInput> = {}): DocumentInput => ({
  id,
  content: text,
  ...rest,
});
const hours = page('support/hours.md', '# Hours\n\nWe answer from nine to five.\n\n## Holidays\n\nClosed on Sundays.');
const returns = page('returns.md', '# Returns\n\nThirty days, unused, with the label.');

describe('collections', () => {
  it('takes the dimensions of the embedder and the default splitter', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    expect(await collection.info()).toMatchObject({
      name: 'faq',
      embedding: 'fake',
      dimensions: 64,
      splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
      label: { level: 'internal' },
    });
    expect((await collections.list()).map(({ name }) => name)).toEqual(['faq']);
    expect(await collections.drop('faq')).toBe(true);
    expect(await collections.drop('faq')).toBe(false);
  });

  it.each([
    [{ name: 'faq', embedding: 'nothing' }, 'model_unknown'],
    [{ name: 'faq', embedding: 'smollm' }, 'model_wrong_kind'],
    [{ name: '__proto__', embedding: 'fake' }, 'bad_request'],
    [{ name: '../x', embedding: 'fake' }, 'bad_request'],
    [{ name: 'faq', embedding: 'fake', store: 'qdrant' as const }, 'resource_unavailable'],
  ])('refuses to create %j', async (request, code) => {
    await expect(setUp().collections.create(request)).rejects.toMatchObject({ code });
  });

  it('refuses a second collection of the same name, and another model, saying what to do', async () => {
    const { collections } = setUp();
    await collections.create({ name: 'faq', embedding: 'fake' });
    await expect(collections.create({ name: 'faq', embedding: 'other' })).rejects.toMatchObject({
      code: 'collection_exists',
      message: expect.stringContaining("filled with model 'fake'"),
    });
    await expect(collections.open('faq', { embedding: 'other' })).rejects.toMatchObject({
      code: 'collection_model',
      message: expect.stringContaining("leave the model out to use 'fake'"),
    });
    await expect(collections.open('faq', { embedding: 'fake' })).resolves.toMatchObject({ name: 'faq' });
    await expect(collections.open('missing')).rejects.toMatchObject({ code: 'collection_not_found' });
  });

  it('refuses a model whose vectors no longer fit, for ingest and search', async () => {
    const { collections, current } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    current.embedder = createFakeEmbedder({ id: 'fake', dimensions: 32 });
    await expect(collection.ingest([hours])).rejects.toMatchObject({
      code: 'collection_dimensions',
      message: expect.stringContaining('64 dimensions'),
    });
    await expect(collection.search({ query: 'hours' })).rejects.toMatchObject({ code: 'collection_dimensions' });
    await expect(collection.search({ query: 'hours', mode: 'lexical' })).resolves.toEqual([]);
  });
});

describe('ingest', () => {
  it('stores passages with stable ids, places, context, title and metadata', async () => {
    const { collections, store } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    const report = await collection.ingest([
      page(hours.id, hours.content as string, { metadata: { team: 'support' } }),
    ]);
    expect(report).toMatchObject({ documents: 1, done: 1, passages: 2, failed: 0, failures: [] });
    expect(report.tokens).toBeGreaterThan(10);
    const [stored] = store.puts[0]!;
    expect(stored!.document).toMatchObject({
      id: 'support/hours.md',
      title: 'Hours',
      mediaType: 'text/markdown',
      size: Buffer.byteLength(String(hours.content)),
      metadata: { team: 'support' },
    });
    expect(stored!.document.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(stored!.passages.map(({ vector: _, ...passage }) => passage)).toEqual([
      {
        id: 'support/hours.md#1',
        text: '# Hours\n\nWe answer from nine to five.',
        context: 'Hours',
        metadata: { team: 'support' },
        place: { line: 1, headings: ['Hours'], start: 0, end: 37 },
      },
      {
        id: 'support/hours.md#2',
        text: '## Holidays\n\nClosed on Sundays.',
        context: 'Hours\nHolidays',
        metadata: { team: 'support' },
        place: { line: 5, headings: ['Hours', 'Holidays'], start: 39, end: 70 },
      },
    ]);
  });

  it('costs nothing for unchanged documents and replaces changed ones', async () => {
    const embedder = counting();
    const { collections } = setUp(embedder);
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([hours, returns]);
    embedder.texts.length = 0;
    expect(await collection.ingest([hours, returns])).toMatchObject({ done: 0, unchanged: 2, tokens: 0 });
    expect(embedder.texts).toEqual([]);
    expect(await collection.ingest([hours, page('returns.md', 'Sixty days.')])).toMatchObject({
      done: 1,
      unchanged: 1,
    });
    expect((await collection.passages('returns.md')).map(({ text }) => text)).toEqual(['Sixty days.']);
    expect(await collection.ingest([{ ...hours, metadata: { team: 'x' } }])).toMatchObject({ done: 1, unchanged: 0 });
    expect(
      await collection.ingest([{ ...hours, metadata: { team: 'x' }, source: '/elsewhere/hours.md' }]),
    ).toMatchObject({ unchanged: 1 });
  });

  it('removes what sync does not name, but nothing of a document that failed', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    const lines = page('a.jsonl', '{"id":"1","text":"one"}\n{"id":"2","text":"two"}\n');
    await collection.ingest([hours, returns, lines]);
    expect(await collection.ingest([hours], { sync: false })).toMatchObject({ removed: 0 });
    const broken = page('a.jsonl', '{"id":"1","text":"one"}\n{"id":"2","te\n');
    expect(await collection.ingest([hours, broken], { sync: true })).toMatchObject({
      removed: 1,
      failed: 1,
      failures: [{ document: 'a.jsonl', code: 'document_damaged' }],
    });
    expect((await collection.documents()).map(({ id }) => id)).toEqual(['a.jsonl#1', 'a.jsonl#2', 'support/hours.md']);
    expect(await collection.ingest([], { sync: true })).toMatchObject({ removed: 3 });
  });

  it('lets the good ones in and names the bad ones', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    const report = await collection.ingest([
      hours,
      page('empty.md', ' \n'),
      page('gone.pdf', '', { error: { code: 'file_unreadable', message: 'No.', retryable: false } }),
      returns,
    ]);
    expect(report).toMatchObject({ documents: 4, done: 2, failed: 2 });
    expect(report.failures).toEqual([
      { document: 'empty.md', code: 'document_empty', message: expect.stringContaining("'empty.md'") },
      { document: 'gone.pdf', code: 'file_unreadable', message: 'No.' },
    ]);
  });

  it('takes the last of two documents with the same id', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([page('a', 'first'), page('b', 'other'), page('a', 'second')]);
    expect((await collection.passages('a')).map(({ text }) => text)).toEqual(['second']);
  });

  it('embeds across documents in batches of like length, two at a time, while it prepares the next', async () => {
    const inner = createFakeEmbedder({ id: 'fake' });
    const sizes: number[] = [];
    let running = 0;
    let most = 0;
    const slow = counting(async (texts, options) => {
      sizes.push(texts.length);
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 3));
      running -= 1;
      return inner.embed(texts, options);
    });
    const { collections, store } = setUp(slow);
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    const many = Array.from({ length: 300 }, (_, index) =>
      page(`d${String(index).padStart(3, '0')}`, `${'word '.repeat(1 + (index % 20))}${index}`),
    );
    const report = await collection.ingest(many);
    expect(report).toMatchObject({ done: 300, passages: 300 });
    expect(most).toBe(2);
    expect(sizes.length).toBeLessThan(20);
    expect(Math.max(...sizes)).toBe(32);
    expect(store.puts.length).toBeLessThan(10);
    const [found] = await collection.search({
      query: await collection.passages('d007').then(([first]) => first!.text),
      mode: 'dense',
      k: 1,
    });
    expect(found?.document).toBe('d007');
  });

  it('holds its source back while the embedder is busy', async () => {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    const inner = createFakeEmbedder({ id: 'fake' });
    const { collections } = setUp(counting((texts, options) => promise.then(() => inner.embed(texts, options))));
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    let given = 0;
    const source = function* (): Generator<DocumentInput> {
      for (let index = 0; index < 5000; index += 1) {
        given += 1;
        yield page(`d${index}`, `text ${index}`);
      }
    };
    const done = collection.ingest(source());
    await new Promise((wait) => setTimeout(wait, 200));
    expect(given).toBeLessThan(400);
    resolve();
    expect(await done).toMatchObject({ done: 5000 });
  });

  it('stops on abort, keeps what was stored, and goes on when run again', async () => {
    const controller = new AbortController();
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    const many = Array.from({ length: 600 }, (_, index) => page(`d${index}`, `text ${index}`));
    const onProgress = ({ done }: IngestProgress) => {
      if (done > 0) controller.abort();
    };
    await expect(collection.ingest(many, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'aborted',
      message: expect.stringContaining('run it again'),
    });
    const { documents: kept } = await collection.info();
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(600);
    expect(await collection.ingest(many)).toMatchObject({ unchanged: kept, done: 600 - kept });
  });

  it('tries again when the model host was lost, and fails whole when it stays lost', async () => {
    const inner = createFakeEmbedder({ id: 'fake' });
    let losses = 1;
    const { collections } = setUp(
      counting((texts, options) => {
        losses -= 1;
        return losses >= 0 ? Promise.reject(new HeddleError('model_host_lost', 'Gone.')) : inner.embed(texts, options);
      }),
    );
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    expect(await collection.ingest([hours])).toMatchObject({ done: 1 });
    losses = 1000;
    await expect(collection.ingest([returns])).rejects.toMatchObject({ code: 'model_host_lost' });
    expect((await collection.documents()).map(({ id }) => id)).toEqual([hours.id]);
  });

  it('fails whole when the store cannot write', async () => {
    const { collections, store } = setUp();
    await collections.create({ name: 'faq', embedding: 'fake' });
    const inner = await store.open('faq');
    const failing = createCollections({
      embedded: {
        ...store,
        open: async () => ({ ...inner, put: () => Promise.reject(new HeddleError('storage_full', 'Full.')) }),
      },
      documents,
      embedder: async () => createFakeEmbedder({ id: 'fake' }),
      tokenizer: async () => wordTokenizer(),
    });
    await expect((await failing.open('faq')).ingest([hours])).rejects.toMatchObject({ code: 'storage_full' });
  });

  it('never cuts a passage longer than the embedder reads', async () => {
    const { collections, store } = setUp(createFakeEmbedder({ id: 'fake', maxTokens: 34 }));
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([page('long', 'One two three four. '.repeat(60))]);
    const sizes = store.puts.flat().flatMap(({ passages }) => passages.map(({ text }) => wordTokenizer().count(text)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(32);
  });
});

describe('search', () => {
  const filled = async () => {
    const made = setUp();
    const collection = await made.collections.create({
      name: 'faq',
      embedding: 'fake',
      label: labelOf('confidential', ['untrusted']),
    });
    const text = Array.from({ length: 5 }, (_, index) => `## Part ${index}\n\nwool flax part${index}`).join('\n\n');
    await collection.ingest([page('parts.md', text, { label: labelOf('internal', ['draft']) }), returns]);
    return collection;
  };

  it('is hybrid by default and labels passages with the join of document and collection', async () => {
    const [first] = await (await filled()).search({ query: 'part3' });
    expect(first).toMatchObject({
      id: 'parts.md#4',
      collection: 'faq',
      title: 'Part 0',
      label: { level: 'confidential', marks: ['draft', 'untrusted'] },
    });
    expect(first?.scores?.dense).toBeGreaterThan(0);
    expect(first?.scores?.lexical).toBe(1);
  });

  it('does not embed for a lexical search', async () => {
    const embedder = counting();
    const { collections } = setUp({ ...embedder, embed: () => Promise.reject(new Error('must not be asked')) });
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await expect(collection.search({ query: 'x', mode: 'lexical' })).resolves.toEqual([]);
  });

  it('adds neighbours in document order without doubling any', async () => {
    const found = await (await filled()).search({ query: 'part3', k: 2, neighbours: 1, mode: 'lexical' });
    const ids = found.map(({ id }) => id);
    expect(ids.slice(0, 3)).toEqual(['parts.md#3', 'parts.md#4', 'parts.md#5']);
    expect(new Set(ids).size).toBe(ids.length);
    expect(found.find(({ id }) => id === 'parts.md#4')?.score).toBe(1);
  });

  it('leaves out what is under the threshold of the dense score', async () => {
    const collection = await filled();
    const all = await collection.search({ query: 'thirty days unused' });
    const near = await collection.search({ query: 'thirty days unused', threshold: 0.3 });
    expect(all.length).toBeGreaterThan(near.length);
    expect(near.map(({ document }) => document)).toEqual(['returns.md']);
  });

  it('refuses an empty query and a broken request', async () => {
    const collection = await filled();
    await expect(collection.search({ query: '  \n' })).rejects.toMatchObject({ code: 'query_empty' });
    await expect(collection.search({ query: 'x', k: 0 })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining("'k'"),
    });
    await expect(collection.search({ query: 'x', filter: { op: 'in', field: 'a', value: [] } })).rejects.toMatchObject({
      code: 'filter_invalid',
    });
  });
});
