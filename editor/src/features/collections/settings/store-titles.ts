import type { StoreKind } from '@heddle/core';

/** The display names of the stores for collections. */
export const storeTitles: Readonly<Record<StoreKind, string>> = {
  embedded: 'This server (collections.db)',
  qdrant: 'Qdrant',
  pgvector: 'Postgres with pgvector',
  opensearch: 'OpenSearch',
  weaviate: 'Weaviate',
  milvus: 'Milvus',
  pinecone: 'Pinecone',
  lancedb: 'LanceDB (files of this server)',
};
