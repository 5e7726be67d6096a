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
/** How often a change is repeated while indexes are exchanged under it. */
const mostAttempts = 10;

/** Sets who may read the documents of a collection. */
export function createReaders(name: string, hooks: Pick<CollectionHooks, 'indexes' | 'queue'>): CollectionReaders {
  return {
    set: (document, readers) => everywhere(name, hooks, (index) => setReadersWithin(index, document, readers)),
    rules: async () => readRules((await hooks.indexes(name))[0]),
    // Imports wait: each document gets its list by the rules before or by those after.
    setRules: (rules) =>
      hooks.queue.run(name, async () => {
        const before = await readRules((await hooks.indexes(name))[0]);
        const text = rules === undefined ? undefined : JSON.stringify(rules);
        return everywhere(name, hooks, async (index) => {
          const changed = await applyRules(index, before, rules);
          // Last: after a crash, the same call goes on with the documents that are left.
          await index.setNote(rulesKey, text);
          return changed;
        });
      }),
  };
}

/**
 * Changes all indexes of a collection, and does it again if another one serves since: that one may have been filled before the change. Returns the number of
 * documents of the serving one.
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

/** Changes the list of a document, and of what stands in it. Returns the number of documents. */
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

/** Gives documents the list of the new rules, where they have the one of the old rules. */
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
