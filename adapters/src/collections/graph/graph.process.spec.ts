import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { spawnChild } from '../../child/spawn-child.js';
import { openDatabase } from '../../database/open-database.js';
import { sqliteTables } from '../../database/sqlite-tables.js';
import { createGraphStore } from '../../stores/collections/graph-store.js';
import { graphDocuments, passages } from './__fixtures__/graph-documents.js';

const entry = new URL('./__fixtures__/graph-child.js', import.meta.url);

describe('a knowledge graph over kill -9', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-graph-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the fill until it prints a line that `isLast` accepts, and kills it. */
  const runUntil = async (isLast: (line: string, lines: number) => boolean): Promise<void> => {
    let lines = 0;
    const child = spawnChild({
      entry,
      args: [folder],
      onExit: () => undefined,
      onMessage: (message) => {
        lines += 1;
        const { line } = z.object({ line: z.string() }).parse(message);
        if (isLast(line, lines) || line === 'done' || line.startsWith('failed')) void child.stop();
      },
    });
    await child.exited;
  };

  it('is the same in the end, and pays for no stored passage again', async () => {
    for (const lines of [1, 3, 5]) await runUntil((_, said) => said >= lines);
    await runUntil((line) => line.startsWith('keeps'));
    await runUntil((line) => line.startsWith('stored'));
    await runUntil((line) => line.startsWith('writes'));
    await runUntil((line) => line.startsWith('kept'));
    await runUntil((line) => line === 'done');

    const bill = readFileSync(join(folder, 'bill'), 'utf8').trimEnd().split('\n');
    expect(bill.at(-1)).toBe('done');
    const kept = new Set<string>();
    for (const line of bill) {
      const [what, of = ''] = line.split(' ');
      if (what === 'asked') for (const name of [of, `page-${/\d/.exec(of)?.[0]}`]) expect(kept).not.toContain(name);
      if (what === 'kept' || what === 'stored') kept.add(of);
    }
    expect(new Set(bill.filter((line) => line.startsWith('asked ')))).toHaveProperty('size', passages.length);

    const database = openDatabase(join(folder, 'heddle.db'));
    const store = createGraphStore(sqliteTables(database));
    const states = await store.documents('faq', { limit: 50 });
    expect(states.map(({ document, relations }) => [document, relations])).toEqual(
      graphDocuments.map(({ id }) => [id, 5]),
    );
    const entities = await store.entities('faq', { limit: 100 });
    expect(entities[0]).toMatchObject({ id: 'ada', passages: 30, documents: 6 });
    // One for each passage, one for Ada, and the titles.
    expect(entities).toHaveLength(passages.length + 1 + graphDocuments.length);
    expect(entities.filter(({ id }) => id.startsWith('person')).every((one) => one.passages === 1)).toBe(true);
    database.close();
  }, 180_000);
});
