import { CollectionInfo, HeddleError } from '@heddle/core';
import { z } from 'zod';
import type { Connection } from './connection.js';

const Meta = CollectionInfo.pick({
  embedding: true,
  dimensions: true,
  splitter: true,
  label: true,
  createdAt: true,
}).extend({ heddle: z.literal(1) });

const Mappings = z.record(z.string(), z.object({ mappings: z.object({ _meta: z.unknown() }).partial() }));

/** Reads the metadata that the index of a collection stores. Errors: `collection_not_found`, `vector_store_failed`. */
export async function readMeta(connection: Connection, name: string, alias: string): Promise<z.infer<typeof Meta>> {
  const path = `/${encodeURIComponent(alias)}/_mapping`;
  const [index] = Object.values(Mappings.parse(await connection.send({ method: 'GET', path, collection: name })));
  const parsed = Meta.safeParse(index?.mappings._meta);
  if (parsed.success) return parsed.data;
  throw new HeddleError(
    'vector_store_failed',
    `The index '${alias}' on OpenSearch was not made by Heddle: choose another name.`,
    { cause: parsed.error },
  );
}

const Figures = z.object({
  aggregations: z.object({
    kinds: z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.number() })) }),
    updated: z.object({ value: z.number().nullable() }),
  }),
});

/** Reads the index's metadata, and counts its records. */
export async function readInfo(connection: Connection, name: string, alias: string): Promise<CollectionInfo> {
  const { heddle: _heddle, ...meta } = await readMeta(connection, name, alias);
  const aggs = { kinds: { terms: { field: 'kind' } }, updated: { max: { field: 'updatedAt' } } };
  const path = `/${encodeURIComponent(alias)}/_search`;
  const answer = await connection.send({ method: 'POST', path, body: { size: 0, aggs }, collection: name });
  const { kinds, updated } = Figures.parse(answer).aggregations;
  const count = (kind: string): number => kinds.buckets.find(({ key }) => key === kind)?.doc_count ?? 0;
  const restricted = count('readers');
  return {
    ...meta,
    name,
    store: 'opensearch',
    documents: count('document'),
    passages: count('passage'),
    updatedAt: updated.value ?? meta.createdAt,
    ...(restricted === 0 ? {} : { restricted }),
  };
}
