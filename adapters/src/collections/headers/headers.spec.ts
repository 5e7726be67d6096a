import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type Collections, type HeaderOptions, type HeaderPrompt, type Headers } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../../database/open-database.js';
import { sqliteTables } from '../../database/sqlite-tables.js';
import { createPassageHeaders } from '../../stores/collections/passage-headers.js';
import { counting, documents, page } from '../../testing/collections-setup.js';
import { createMemoryStore } from '../../testing/memory-store.js';
import { wordTokenizer } from '../../testing/word-tokenizer.js';
import { createCollections } from '../create-collections.js';

const header: HeaderOptions = { model: 'writer' };
const doc = page('fees.md', '# Fees\n\nIt costs nine euros.\n\n## Late\n\nIt costs more then.');

const isLate = ({ prompt }: HeaderPrompt): boolean => /<passage-[^>]+>[^<]*more then/.test(prompt);

describe('headers of passages', () => {
  let folder: string;
  let database: HeddleDatabase;
  let asked: HeaderPrompt[];
  let reply: (prompt: HeaderPrompt) => string;
  let clearance: 'public' | 'restricted';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-headers-'));
    database = openDatabase(join(folder, 'heddle.db'));
    asked = [];
    clearance = 'restricted';
    reply = (prompt) => `About zebras${isLate(prompt) ? ' late' : ''}. Second! Third.`;
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const setUp = () => {
    const store = createMemoryStore();
    const embedder = counting();
    const info = () => ({ destination: { name: 'writer', clearance, isLocal: true } as const, contextTokens: 2_000 });
    const headers: Headers = {
      cache: createPassageHeaders(sqliteTables(database)),
      describe: async () => info(),
      model: async () => ({
        ...info(),
        write: async (prompt) => {
          asked.push(prompt);
          return reply(prompt);
        },
      }),
    };
    const collections: Collections = createCollections({
      embedded: store,
      documents,
      headers,
      embedder: async () => embedder,
      tokenizer: async () => wordTokenizer(),
    });
    return { store, embedder, collections };
  };
  const createFaq = (collections: Collections) =>
    collections.create({ name: 'faq', embedding: 'fake', splitter: { kind: 'markdown', overlapTokens: 0, header } });

  it('are embedded and stored in a field of their own, and are not part of the text', async () => {
    const { store, embedder, collections } = setUp();
    const faq = await createFaq(collections);
    expect(await faq.ingest([doc])).toMatchObject({ done: 1, failed: 0 });
    const stored = store.puts.flat().flatMap(({ passages }) => passages);
    expect(stored.map((passage) => passage.header)).toEqual(['About zebras. Second!', 'About zebras late. Second!']);
    expect(embedder.texts).toContain('About zebras late. Second!\nFees\n## Late\n\nIt costs more then.');
    expect(JSON.stringify(await faq.passages('fees.md'))).not.toContain('zebras');
    expect(JSON.stringify(await faq.search({ query: 'zebras', k: 5 }))).not.toContain('zebras');
    expect(asked).toHaveLength(2);
    expect(asked[0]?.prompt).toContain('It costs nine euros.');
  });

  it('are paid once: a re-import, another index or a new process pays for none again', async () => {
    const first = setUp();
    const faq = await createFaq(first.collections);
    await faq.ingest([doc]);
    await faq.ingest([doc], { force: true });
    const { reindexing } = first.collections;
    await reindexing?.begin('faq', { splitter: { kind: 'markdown', overlapTokens: 0, context: false, header } });
    expect((await reindexing?.fill('faq'))?.next).toMatchObject({ missing: 0, failures: [] });
    const again = await createFaq(setUp().collections);
    await again.ingest([doc]);
    expect(asked).toHaveLength(2);
    // A changed prompt needs a new header.
    await faq.ingest([page('fees.md', `${String(doc.content)}\n\n## New\n\nAnd more.`)]);
    expect(asked).toHaveLength(5);
  });

  it('are deleted with their document and their collection', async () => {
    const { collections } = setUp();
    const faq = await createFaq(collections);
    const rows = (): unknown => database.connection.prepare('SELECT count(*) FROM passage_headers').pluck().get();
    await faq.ingest([doc, page('b.md', 'Other.')]);
    expect(rows()).toBe(3);
    await faq.delete(['fees.md']);
    expect(rows()).toBe(1);
    await faq.ingest([doc], { sync: true });
    expect(rows()).toBe(2);
    await collections.drop('faq');
    expect(rows()).toBe(0);
  });

  it('are reported by document when they fail, and a second import pays only for the missing ones', async () => {
    const { collections } = setUp();
    const faq = await createFaq(collections);
    const works = reply;
    reply = (prompt) => (isLate(prompt) ? ' "…" ' : works(prompt));
    const report = await faq.ingest([doc, page('b.md', 'Other.')]);
    expect(report).toMatchObject({ done: 1, failed: 1 });
    expect(report.failures).toEqual([
      { document: 'fees.md', code: 'header_failed', message: expect.stringContaining("'writer' wrote no header") },
    ]);
    const before = asked.length;
    reply = works;
    expect(await faq.ingest([doc])).toMatchObject({ done: 1, failed: 0 });
    expect(asked.length - before).toBe(1);
  });

  it('are not requested after five failed documents in a row', async () => {
    const { collections } = setUp();
    const faq = await createFaq(collections);
    reply = () => {
      throw new HeddleError('budget_exceeded', 'The budget is spent.');
    };
    const many = Array.from({ length: 9 }, (_, at) => page(`d${at}.md`, `Text ${at}.`));
    const { failures } = await faq.ingest(many);
    expect(failures.map(({ code }) => code)).toEqual(many.map(() => 'budget_exceeded'));
    expect(asked).toHaveLength(5);
  });

  it('are refused above the clearance of their model: at the creation of a collection, and at the import of a document', async () => {
    const { collections } = setUp();
    clearance = 'public';
    await expect(createFaq(collections)).rejects.toMatchObject({ code: 'label_refused' });
    const open = { level: 'public', marks: [] } as const;
    const faq = await collections.create({
      name: 'open',
      embedding: 'fake',
      label: open,
      splitter: { kind: 'markdown', overlapTokens: 0, header },
    });
    const secret = page('secret.md', 'Ours.', { label: { level: 'confidential', marks: [] } });
    const { failures, done } = await faq.ingest([secret, doc]);
    expect([failures.map(({ document, code }) => [document, code]), done]).toEqual([
      [['secret.md', 'label_refused']],
      1,
    ]);
    expect(asked.every(({ prompt }) => !prompt.includes('Ours.'))).toBe(true);
  });

  it('are counted for an estimate without a model call', async () => {
    const { collections } = setUp();
    const faq = await collections.create({ name: 'faq', embedding: 'fake' });
    await faq.ingest([doc]);
    const estimate = await collections.reindexing?.estimate('faq', {
      splitter: { kind: 'markdown', overlapTokens: 0, header },
    });
    expect(estimate?.headers).toMatchObject({ model: 'writer', calls: 2 });
    expect(estimate?.headers?.tokens).toBeGreaterThan(50);
    expect(asked).toEqual([]);
  });
});
