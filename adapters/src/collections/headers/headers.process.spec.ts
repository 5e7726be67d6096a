import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collections } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { spawnChild } from '../../child/spawn-child.js';
import { documents } from '../../testing/collections-setup.js';
import { createEmbeddedStore, type EmbeddedStore } from '../../vectors/embedded/embedded-store.js';
import { createCollections } from '../create-collections.js';
import { headedDocuments, headerOf, passages } from './__fixtures__/headed-documents.js';

const entry = new URL('./__fixtures__/headers-child.js', import.meta.url);
/** The number of concurrent calls of a remote model. */
const lanes = 4;

describe('headers of passages over kill -9', () => {
  let folder: string;
  let store: EmbeddedStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-headers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (): Collections => {
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    return createCollections({
      embedded: store,
      documents,
      embedder: async () => createFakeEmbedder({ id: 'fake' }),
      tokenizer: async () => createFakeTokenizer(),
    });
  };
  /** Runs the import until it prints a line that `isLast` accepts, and kills it. */
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

  it('are complete in the end, and a kill repeats only the calls that were running', async () => {
    const kills = [1, 9, 4];
    for (const lines of kills) await runUntil((_, said) => said >= lines);
    await runUntil((line) => line === 'done');

    const bill = readFileSync(join(folder, 'bill'), 'utf8').trimEnd().split('\n');
    expect(bill.at(-1)).toBe('done');
    const kept = new Set<string>();
    for (const line of bill) {
      const [what, passage = ''] = line.split(' ');
      if (what === 'asked') expect(kept).not.toContain(passage);
      if (what === 'kept') kept.add(passage);
    }
    expect(kept.size).toBeGreaterThan(0);
    const asked = bill.filter((line) => line.startsWith('asked '));
    expect(new Set(asked).size).toBe(passages.length);
    expect(asked.length - passages.length).toBeLessThanOrEqual(kills.length * lanes);

    const collection = await open().open('faq');
    expect((await collection.documents()).map(({ id }) => id)).toEqual(headedDocuments.map(({ id }) => id));
    for (const passage of passages) {
      const [word = ''] = headerOf(passage).split(' ');
      const found = await collection.search({ query: word, mode: 'lexical', k: 3 });
      expect(found.map(({ text }) => text.includes(`Number ${passage} `))).toEqual([true]);
    }
    await store.close();
  }, 120_000);
});
