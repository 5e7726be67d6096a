/** The indexes beside the current one: `next` will replace it, `previous` was replaced by it. */
export type OtherIndex = 'next' | 'previous';

/** The name of another index of a collection. No collection of a person has an `@`. */
export const indexName = (collection: string, which: OtherIndex): string => `${collection}@${which}`;

/** Whether a name in a store is not that of a collection. */
export const isOtherIndex = (name: string): boolean => name.includes('@');

/** The name of the collection that an index belongs to. */
export const baseName = (name: string): string => name.split('@')[0] ?? name;
