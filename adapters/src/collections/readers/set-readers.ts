import {
  readersByRules,
  sameReaders,
  withoutUndefined,
  type CollectionReaders,
  type DocumentInfo,
  type ReaderRules,
  type SetReaders,
  type VectorCollection,
} from '@heddle/core';
import type { CollectionHooks } from '../collection-hooks.js';
import { readRules, rulesKey } from './reader-rules.js';

const pageSize = 500;
/** How often a change is repeated because another index began to serve. */
const mostAttempts = 10;

export function createReaders(name: string, hooks: Pick<CollectionHooks, 'indexes' | 'queue'>): CollectionReaders {
  return {
    set: (document, readers) => everywhere(name, hooks, (index) => setReadersWithin(index, document, readers)),
    rules: async () => readRules((await hooks.indexes(name))[0]),
    // Imports wait: each document gets its readers either by the old rules or by the new ones.
    setRules: (rules) =>
      hooks.queue.run(name, async () => {
        const before = await readRules((await hooks.indexes(name))[0]);
        const text = rules === undefined ? undefined : JSON.stringify(rules);
        return everywhere(name, hooks, async (index) => {
          const changed = await applyRules(index, before, rules);
          // Written last: after a crash, the same call continues with the remaining documents.
          await index.setNote(rulesKey, text);
          return changed;
        });
      }),
  };
}

/**
 * Changes all indexes of a collection, and repeats it if another index has begun to serve, which may have been filled before the change.
 * Returns the number of changed documents of the serving index.
 */
async function everywhere(
  name: string,
  hooks: Pick<CollectionHooks, 'indexes'>,
  change: (index: VectorCollection) => Promise<number>,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const [serving, ...others] = await hooks.indexes(name);
    const { createdAt } = await serving.info();
    const changed = await change(serving);
    for (const index of others) await change(index);
    const [now] = await hooks.indexes(name);
    if ((await now.info()).createdAt === createdAt || attempt === mostAttempts) return changed;
  }
}

/** Changes the readers of a document and of the documents in it. Returns the number of documents. */
export async function setReadersWithin(
  index: VectorCollection,
  document: string,
  readers: readonly string[] | null,
): Promise<number> {
  const ids = (await index.document(document)) === undefined ? [] : [document];
  const prefix = `${document}#`;
  for (let after: string = prefix; ;) {
    const page = await index.documents({ after, limit: pageSize });
    const within = page.filter(({ id }) => id.startsWith(prefix));
    ids.push(...within.map(({ id }) => id));
    if (within.length < pageSize) break;
    after = within.at(-1)?.id ?? after;
  }
  return setAll(
    index,
    ids.map((id) => ({ document: id, readers })),
  );
}

/** Gives documents the readers of the new rules if they have those of the old rules. */
async function applyRules(
  index: VectorCollection,
  before: ReaderRules | undefined,
  after: ReaderRules | undefined,
): Promise<number> {
  const listBy = (rules: ReaderRules | undefined, document: DocumentInfo): readonly string[] | null =>
    rules === undefined ? null : (readersByRules(rules, document) ?? null);
  let changed = 0;
  for (let last: string | undefined; ;) {
    const page = await index.documents(withoutUndefined({ limit: pageSize, after: last }));
    const changes = page.flatMap((document): SetReaders[] => {
      const wanted = listBy(after, document);
      const isByRules = sameReaders(document.readers, listBy(before, document));
      return isByRules && !sameReaders(document.readers, wanted) ? [{ document: document.id, readers: wanted }] : [];
    });
    changed += await setAll(index, changes);
    last = page.at(-1)?.id;
    if (last === undefined || page.length < pageSize) return changed;
  }
}

async function setAll(index: VectorCollection, changes: readonly SetReaders[]): Promise<number> {
  let changed = 0;
  for (let start = 0; start < changes.length; start += pageSize)
    changed += await index.setReaders(changes.slice(start, start + pageSize));
  return changed;
}
