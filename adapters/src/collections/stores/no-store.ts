import { HeddleError } from '@heddle/core';

const settingOf: Readonly<Record<string, string>> = {
  qdrant: 'QDRANT_URL',
  pgvector: 'PGVECTOR_URL',
  opensearch: 'OPENSEARCH_URL',
  weaviate: 'WEAVIATE_URL',
  milvus: 'MILVUS_URL',
  pinecone: 'PINECONE_API_KEY',
  lancedb: 'LANCEDB_FOLDER',
};

export const noStore = (kind: string): HeddleError =>
  new HeddleError(
    'resource_unavailable',
    kind === 'embedded'
      ? 'Collections have no store on this machine when Heddle uses Postgres: set PGVECTOR_URL (it can name the same server) or QDRANT_URL.'
      : `The store '${kind}' is not set up here: set ${settingOf[kind] ?? 'its address'}, or leave the store out to use the default one.`,
    { details: { store: kind } },
  );
