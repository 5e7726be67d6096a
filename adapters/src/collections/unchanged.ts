import { isDeepStrictEqual } from 'node:util';
import type { DocumentInfo, DocumentInput } from '@heddle/core';

/**
 * Whether an input would give the stored document again. The source path does not count, because a folder that moved holds the same
 * documents.
 */
export function isUnchanged(stored: DocumentInfo | undefined, input: DocumentInput, hash: string): boolean {
  if (stored?.hash !== hash) return false;
  if (input.title !== undefined && input.title !== stored.title) return false;
  if (!isDeepStrictEqual(asJson(input.label), asJson(stored.label))) return false;
  return Object.entries(input.metadata ?? {}).every(([name, value]) =>
    isDeepStrictEqual(asJson(value), asJson(stored.metadata?.[name])),
  );
}

/** Values as a store returns them. */
const asJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
