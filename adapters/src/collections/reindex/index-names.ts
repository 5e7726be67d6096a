/** The indexes beside the serving one: `next` will replace it, `previous` was replaced by it. */
export type OtherIndex = 'next' | 'previous';

/** The name of another index of a collection. People cannot name a collection with an `@`. */
export const indexName = (collection: string, which: OtherIndex): string => `${collection}@${which}`;

/** Whether a name in a store belongs to another index rather than to a collection. */
export const isOtherIndex = (name: string): boolean => name.includes('@');

export const baseName = (name: string): string => name.split('@')[0] ?? name;
