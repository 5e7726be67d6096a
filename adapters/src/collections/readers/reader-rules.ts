import { HeddleError, ReaderRules, type VectorCollection } from '@heddle/core';

/** The key of the collection's note with the rules. */
export const rulesKey = 'reader-rules';

/**
 * Reads the rules of a collection; undefined if it has none. Rules that cannot be read are an error, so that they never open documents.
 * Errors: `vector_store_failed`.
 */
export async function readRules(collection: Pick<VectorCollection, 'name' | 'note'>): Promise<ReaderRules | undefined> {
  const text = await collection.note(rulesKey);
  if (text === undefined) return undefined;
  try {
    return ReaderRules.parse(JSON.parse(text));
  } catch (cause) {
    throw new HeddleError(
      'vector_store_failed',
      `The rules for readers of collection '${collection.name}' cannot be read: set them again.`,
      { cause },
    );
  }
}
