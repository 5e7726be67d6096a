import { z } from 'zod';
import { CollectionInfo, HeddleError } from '@heddle/core';
import type { Connection } from './connection.js';
import { DocumentPayload } from '../shared/payloads.js';

/** The metadata that Heddle stores with a collection on the server. */
export const CollectionMetadata = CollectionInfo.pick({
  name: true,
  embedding: true,
  dimensions: true,
  splitter: true,
  label: true,
  createdAt: true,
}).extend({ heddle: z.literal(1) });
export type CollectionMetadata = z.infer<typeof CollectionMetadata>;

/** Reads the metadata of a collection. Errors: `collection_not_found`, `vector_store_failed`. */
export async function readMetadata(connection: Connection, name: string, remote: string): Promise<CollectionMetadata> {
  const { config } = await connection.call((client) => client.getCollection(remote), { collection: name });
  const parsed = CollectionMetadata.safeParse(config.metadata);
  if (parsed.success) return parsed.data;
  throw new HeddleError(
    'vector_store_failed',
    `Collection '${remote}' on Qdrant was not made by Heddle: choose another name.`,
    { cause: parsed.error },
  );
}

export async function readCollectionInfo(
  connection: Connection,
  name: string,
  remote: string,
): Promise<CollectionInfo> {
  const { heddle: _heddle, ...metadata } = await readMetadata(connection, name, remote);
  const kind = (value: string) => ({ must: [{ key: 'kind', match: { value } }] });
  const [documents, passages, restricted, latest] = await connection.call(
    (client) =>
      Promise.all([
        client.count(remote, { exact: true, filter: kind('document') }),
        client.count(remote, { exact: true, filter: kind('passage') }),
        client.count(remote, { exact: true, filter: kind('readers') }),
        client.scroll(remote, {
          filter: kind('document'),
          limit: 1,
          order_by: { key: 'updatedAt', direction: 'desc' },
          with_payload: true,
          with_vector: false,
        }),
      ]),
    { collection: name },
  );
  const updatedAt =
    latest.points.map(({ payload }) => DocumentPayload.parse(payload).updatedAt)[0] ?? metadata.createdAt;
  return {
    ...metadata,
    name,
    store: 'qdrant',
    documents: documents.count,
    passages: passages.count,
    updatedAt,
    ...(restricted.count === 0 ? {} : { restricted: restricted.count }),
  };
}
