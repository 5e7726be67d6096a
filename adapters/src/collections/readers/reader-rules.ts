import { HeddleError, ReaderRules, type VectorCollection } from '@heddle/core';

/** The note of the rules. */
export const rulesKey = 'reader-rules';

/** The rules of a collection; undefined where it has none. Rules that cannot be read are no reason to open documents. Errors: `vector_store_failed`. */
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
