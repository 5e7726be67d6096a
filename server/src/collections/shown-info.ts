import { withoutUndefined, type Collection, type ShownCollectionInfo } from '@heddle/core';

/** Documents of larger collections are not counted for each request. */
const mostCounted = 1_000;

/**
 * Limits what a reader learns of a collection to the documents that the reader may read. Where some documents have lists of readers, the
 * documents that the reader may read are counted, or, in a large collection, nothing is. Whether documents have lists is never said.
 *
 * @example await shownInfo(info, async () => (await open(name)).readableBy(names))
 */
export async function shownInfo<Info extends ShownCollectionInfo>(
  info: Info,
  open: () => Promise<Pick<Collection, 'documents'>>,
): Promise<Info> {
  const { restricted = 0, documents: all = Infinity } = info;
  if (restricted === 0) return info;
  if (all > mostCounted) return withoutCounts(info);
  const readable = await (await open()).documents({ limit: mostCounted });
  return {
    ...withoutCounts(info),
    documents: readable.length,
    passages: readable.reduce((sum, { passages }) => sum + passages, 0),
    updatedAt: Math.max(info.createdAt, ...readable.map(({ updatedAt }) => updatedAt)),
  };
}

/** Leaves out all that tells of documents that a reader may not read. */
export const withoutCounts = <Info extends ShownCollectionInfo>(info: Info): Info =>
  withoutUndefined({
    ...info,
    documents: undefined,
    passages: undefined,
    updatedAt: undefined,
    restricted: undefined,
  }) as Info; // The counts are optional.
