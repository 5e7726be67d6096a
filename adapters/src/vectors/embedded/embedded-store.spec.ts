import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, it } from '@jest/globals';
import type { VectorStore } from '@heddle/core';
import { checkRandomReaders, searchAsRandomReaders, vectorStoreSuite } from '@heddle/core/testing';
import { createEmbeddedStore } from './embedded-store.js';

describe.each([
  ['the fastest kernel', {}],
  ['the plain kernel', { kernel: 'plain' as const }],
])('embedded store on %s', (_name, options) => {
  let folder: string;
  let store: VectorStore;
  const open = (): VectorStore => (store = createEmbeddedStore({ file: join(folder, 'collections.db'), ...options }));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-vectors-'));
    open();
  });
  beforeEach(async () => {
    for (const { name } of await store.list()) await store.drop(name);
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const promise of vectorStoreSuite) {
    it(promise.name, async () => {
      await promise.run({
        store,
        async reopen() {
          await store.close();
          return open();
        },
        second: async () => createEmbeddedStore({ file: join(folder, 'collections.db'), ...options }),
        tenant: async () => createEmbeddedStore({ file: join(folder, 'other.db'), ...options }),
      });
    });
  }

  it('finds for random readers exactly what they may read', async () => {
    checkRandomReaders(await searchAsRandomReaders(store, { seed: 7, documents: 300, searches: 300 }));
  });
});
