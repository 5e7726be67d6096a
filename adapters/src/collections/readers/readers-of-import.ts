import {
  readersByRules,
  sameReaders,
  type DocumentInfo,
  type DocumentInput,
  type ReaderRules,
  type ReadersChange,
} from '@heddle/core';

/**
 * Decides what an import does to the readers of a document. Readers that the import states win. Otherwise a stored document keeps its
 * readers, unless the rules gave it exactly these: then the rules apply again to its current metadata. Stores compare with the readers at
 * the time of the write, so a change during the import is kept.
 */
export function readersOfImport(
  {
    id,
    readers,
    readersIfNew,
    readersByRules: isByRules = false,
  }: Pick<DocumentInput, 'id' | 'readers' | 'readersIfNew' | 'readersByRules'>,
  { stored, metadata }: { readonly stored: DocumentInfo | undefined; readonly metadata: DocumentInput['metadata'] },
  rules: ReaderRules | undefined,
): ReadersChange | undefined {
  if (readers !== undefined) return { list: readers };
  const byRules = rules === undefined ? undefined : readersByRules(rules, { id, metadata });
  if (isByRules) return { list: byRules ?? null };
  if (stored === undefined) {
    const list = readersIfNew ?? byRules;
    return list === undefined ? undefined : { list, over: list };
  }
  if (rules === undefined || !sameReaders(stored.readers, readersByRules(rules, stored))) return undefined;
  return { list: byRules ?? null, over: stored.readers ?? null };
}
