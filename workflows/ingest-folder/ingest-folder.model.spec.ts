import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hasStarterModels, openTestHeddle, type TestHeddle } from '../testing/open-test-heddle.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const handbook = path.join(here, '../ask-the-handbook/handbook');
const workflow = path.join(here, 'workflow.json');
const Failure = z.object({ document: z.string(), code: z.string(), message: z.string() });
const Outputs = z.object({
  stored: z.number(),
  report: z.object({
    documents: z.number(),
    unchanged: z.number(),
    removed: z.number(),
    passages: z.number(),
    tokens: z.number(),
    failures: z.array(Failure),
  }),
  unread: z.array(Failure),
});

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `ingest-folder${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let heddle: TestHeddle;
    let mixed: string;

    beforeAll(async () => {
      mixed = path.join(await mkdtemp(path.join(tmpdir(), 'heddle-mixed-')), 'mixed');
      await mkdir(mixed);
      await writeFile(
        path.join(mixed, 'lamps.md'),
        '# Lamps\n\nThe lamps of the Lumen are changed with a hex key of 3 mm.',
      );
      await writeFile(path.join(mixed, 'broken.pdf'), '%PDF-1.7\nnothing follows');
      heddle = await openTestHeddle({ folders: [handbook, mixed] });
    });

    afterAll(async () => {
      await heddle.close();
      await rm(path.dirname(mixed), { recursive: true, force: true });
    });

    /** Empties the collection that the workflow fills, so that no test depends on an earlier one. */
    const freshCollection = async (): Promise<void> => {
      await heddle.collections.drop('library');
      await heddle.collections.create({ name: 'library', embedding: 'all-minilm-l6-v2' });
    };
    const ingest = async (folder: string): Promise<z.infer<typeof Outputs>> => {
      const { outcome, outputs } = await heddle.run(workflow, { folder });
      expect(outcome.error).toBeUndefined();
      return Outputs.parse(outputs);
    };

    it('ingests a folder, so that a fact is found with its location, and embeds nothing the second time', async () => {
      await freshCollection();
      const { stored, report, unread } = await ingest('handbook/people');
      expect(unread).toEqual([]);
      expect(report.failures).toEqual([]);
      expect(report).toMatchObject({ unchanged: 0, removed: 0, documents: stored });
      expect(stored).toBeGreaterThanOrEqual(10);
      expect(report.passages).toBeGreaterThan(stored);

      const collection = await heddle.collections.open('library');
      expect(await collection.documents({ limit: 1000 })).toHaveLength(stored);
      const [first] = await collection.search({ query: 'How much is the meal allowance on business trips?', k: 1 });
      const source = await readFile(path.join(handbook, 'people/expenses.md'), 'utf8');
      expect(first?.document).toBe('handbook/people/expenses.md');
      expect(source.slice(first?.place?.start, first?.place?.end)).toBe(first?.text);

      const again = await ingest('handbook/people');
      expect(report.tokens).toBeGreaterThan(0);
      expect(again.report).toMatchObject({ documents: stored, unchanged: stored, removed: 0, tokens: 0 });
    }, 120_000);

    it('stores the good documents of a folder, names the bad one, and removes documents that the folder no longer has', async () => {
      await freshCollection();
      const { stored, unread } = await ingest('mixed');
      expect(stored).toBe(1);
      expect(unread).toEqual([
        expect.objectContaining({ document: 'mixed/broken.pdf', code: expect.stringMatching(/^document_/) }),
      ]);
      const { report } = await ingest('handbook/support');
      expect(report.removed).toBe(1);
      const collection = await heddle.collections.open('library');
      expect((await collection.documents({ limit: 1000 })).map(({ id }) => id)).not.toContain('mixed/lamps.md');
    }, 120_000);

    it('reads nothing outside the allowed folders', async () => {
      await freshCollection();
      const { outcome } = await heddle.run(workflow, { folder: path.join(handbook, '../questions.jsonl') });
      expect(outcome).toMatchObject({ status: 'failed', error: { code: 'forbidden' } });
      expect(await (await heddle.collections.open('library')).documents()).toEqual([]);
    }, 180_000);

    it('says what to do if the collection does not exist', async () => {
      await heddle.collections.drop('library');
      const { outcome } = await heddle.run(workflow, { folder: 'handbook' });
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'collection_not_found', message: expect.stringContaining('create it') },
      });
    }, 180_000);
  },
);
