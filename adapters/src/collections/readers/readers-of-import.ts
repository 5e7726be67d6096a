import {
  readersByRules,
  sameReaders,
  type DocumentInfo,
  type DocumentInput,
  type ReaderRules,
  type ReadersChange,
} from '@heddle/core';

/**
 * What an import does to the list of a document. A list that the import states counts. Otherwise a stored document keeps its list, unless that is the one
 * that the rules gave it: then it follows the rules, by what its metadata are now. Stores compare with the list at the time of the write, so
 * a change made during the import is kept.
 */
export function readersOfImport(
  { id, readers, readersIfNew }: Pick<DocumentInput, 'id' | 'readers' | 'readersIfNew'>,
  { stored, metadata }: { readonly stored: DocumentInfo | undefined; readonly metadata: DocumentInput['metadata'] },
  rules: ReaderRules | undefined,
): ReadersChange | undefined {
  if (readers !== undefined) return { list: readers };
  const byRules = rules === undefined ? undefined : readersByRules(rules, { id, metadata });
  if (stored === undefined) {
    const list = readersIfNew ?? byRules;
    return list === undefined ? undefined : { list, over: list };
  }
  if (rules === undefined || !sameReaders(stored.readers, readersByRules(rules, stored))) return undefined;
  return { list: byRules ?? null, over: stored.readers ?? null };
}
