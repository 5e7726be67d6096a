import { describe, expect, it } from '@jest/globals';
import { HeddleError, type DocumentInput, type IngestProgress } from '@heddle/core';
import { createFakeEmbedder } from '@heddle/core/testing';
import { wordTokenizer } from '../testing/word-tokenizer.js';
import { createCollections } from './create-collections.js';
import { createTally } from './tally.js';
import { counting, documents, hours, page, returns, setUp } from '../testing/collections-setup.js';

describe('ingest', () => {
  it('stores passages with stable ids, locations, context, title and metadata', async () => {
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

  it('sends no document to an embedding model whose clearance is below its label', async () => {
    const far = { name: 'far', clearance: 'internal', isLocal: false } as const;
    const embedder = { ...counting(), destination: far };
    const { collections } = setUp(embedder);
    const notes = page('notes.txt', 'Ours.');
    const secret = page('secret.txt', 'Nobody else.', { label: { level: 'confidential', marks: [] } });
    const open = await (await collections.create({ name: 'open', embedding: 'fake' })).ingest([notes, secret]);
    expect(open).toMatchObject({ done: 1, failed: 1 });
    expect(open.failures[0]).toMatchObject({ document: 'secret.txt', code: 'label_refused' });
    const label = { level: 'confidential', marks: [] } as const;
    const closed = await (await collections.create({ name: 'closed', embedding: 'fake', label })).ingest([notes]);
    expect(closed).toMatchObject({ done: 0, failed: 1 });
    expect(embedder.texts).toEqual(['Ours.']);
  });

  it('uses the file name, not the source, as the title of a document without one', async () => {
    const { collections, store } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([page('office:notes.txt', 'Closed on Sundays.', { metadata: { syncedFrom: 'office' } })]);
    await collection.ingest([page('office:plan.txt', 'Open on Mondays.')]);
    expect(store.puts.flat().map(({ document }) => document.title)).toEqual(['notes', 'office:plan']);
  });

  it.each([
    ['-', 'notes'],
    [' ... ', 'notes'],
    ['invoice\u202egpj.exe', 'invoicegpj.exe'],
    ['two\nlines\u0000', 'two lines'],
    ['C++', 'C++'],
    ['\u4f11\u5047', '\u4f11\u5047'],
  ])('stores the title %j as %j', async (title, stored) => {
    const { collections, store } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([page('a/notes.txt', 'Closed on Sundays.', { title })]);
    expect(store.puts[0]![0]!.document.title).toBe(stored);
  });

  it('embeds title and headings with the text, unless the collection was made without them', async () => {
    const embedder = counting();
    const { collections, store } = setUp(embedder);
    const notes = page('notes.txt', 'Closed on Sundays.', { title: 'Opening hours' });
    await (
      await collections.create({ name: 'faq', embedding: 'fake' })
    ).ingest([hours, notes, page('x1.txt', 'Bare.')]);
    expect(embedder.texts).toEqual(
      expect.arrayContaining([
        'Hours\n## Holidays\n\nClosed on Sundays.',
        'Opening hours\nClosed on Sundays.',
        'Bare.',
      ]),
    );

    embedder.texts.length = 0;
    const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
    const older = {
      name: 'old',
      embedding: 'fake',
      dimensions: 64,
      splitter,
      label: { level: 'internal', marks: [] },
    } as const;
    await store.create(older);
    await (await collections.open('old')).ingest([notes]);
    expect(embedder.texts).toEqual(['Closed on Sundays.']);
  });

  it('reports the progress of each document, and imports unchanged ones again with `force`', async () => {
    const { collections, store } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    const seen: string[] = [];
    const onProgress = ({ recent }: IngestProgress): void => {
      for (const { document, stage, passages } of recent ?? []) {
        const word = `${document} ${stage}${passages === undefined ? '' : ` ${passages}`}`;
        if (!seen.includes(word)) seen.push(word);
      }
    };
    const broken = {
      id: 'b.md',
      content: '',
      error: { code: 'file_unreadable', message: 'Locked.', retryable: false },
    };
    const inputs = [page('a.md', 'One line.'), broken];
    await collection.ingest(inputs, { onProgress });
    expect(seen.filter((word) => word.startsWith('a'))).toEqual(['a.md parse', 'a.md embed 1', 'a.md done 1']);
    expect(seen).toContain('b.md failed');
    seen.length = 0;
    expect(await collection.ingest([page('a.md', 'One line.')], { onProgress })).toMatchObject({ unchanged: 1 });
    expect(seen).toEqual(['a.md unchanged']);
    expect(await collection.ingest([page('a.md', 'One line.')], { force: true })).toMatchObject({
      unchanged: 0,
      done: 1,
    });
    expect(store.puts).toHaveLength(2);
  });

  it('keeps the pages of a document that was parsed before', async () => {
    const { collections, store } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    const text = 'First page.\n\nSecond page.';
    const spans = [
      { start: 0, end: 11, page: 1 },
      { start: 13, end: 25, page: 2 },
    ];
    await collection.ingest([
      { id: 'a.pdf', content: text, parsed: { mediaType: 'application/pdf', text, format: 'text', spans } },
    ]);
    expect(store.puts[0]![0]!.document.mediaType).toBe('application/pdf');
    expect(store.puts[0]![0]!.passages.map(({ place }) => place?.page)).toContain(1);
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

  it('removes documents that a sync does not name, but keeps those of a file that failed', async () => {
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

  it('imports good documents and reports the failed ones', async () => {
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

  it('keeps the last of two documents with the same id', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([page('a', 'first'), page('b', 'other'), page('a', 'second')]);
    expect((await collection.passages('a')).map(({ text }) => text)).toEqual(['second']);
  });

  it('embeds across documents in batches of similar length, two at a time, and prepares the next meanwhile', async () => {
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

  it('stops reading its source while the embedder is busy', async () => {
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

  it('stops on abort, keeps the stored documents, and continues at the next import', async () => {
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

  it('retries after the model host was lost, and fails as a whole when it stays lost', async () => {
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

  it('fails as a whole when the store cannot write', async () => {
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

  it('makes no passage longer than the embedder reads', async () => {
    const { collections, store } = setUp(createFakeEmbedder({ id: 'fake', maxTokens: 34 }));
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([page('long', 'One two three four. '.repeat(60))]);
    const sizes = store.puts.flat().flatMap(({ passages }) => passages.map(({ text }) => wordTokenizer().count(text)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(32);
  });
});

describe('the progress of an import', () => {
  it('keeps the reasons of failed documents while hundreds of others follow', () => {
    const reports: IngestProgress[] = [];
    const tally = createTally((progress) => reports.push(progress));
    tally.fail('broken.pdf', new HeddleError('document_damaged', 'It is damaged.'));
    for (let at = 0; at < 1_000; at += 1) tally.note(`${at}.md`, 'done', 1);
    tally.report('embed');
    const recent = reports.at(-1)?.recent ?? [];
    expect(recent).toHaveLength(200);
    expect(recent[0]).toEqual({ document: 'broken.pdf', stage: 'failed', message: 'It is damaged.' });
    expect(recent.at(-1)?.document).toBe('999.md');
  });

  it('reports the last 200 failures when all documents fail', () => {
    const reports: IngestProgress[] = [];
    const tally = createTally((progress) => reports.push(progress));
    for (let at = 0; at < 1_000; at += 1) tally.fail(`${at}.md`, new HeddleError('document_damaged', 'It is damaged.'));
    tally.report(undefined);
    expect(reports.at(-1)?.recent?.map(({ document }) => document)).toEqual(
      Array.from({ length: 200 }, (_, at) => `${at + 800}.md`),
    );
  });
});
