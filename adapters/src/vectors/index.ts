export { checkVectorFile } from './embedded/check-file.js';
export { createEmbeddedStore, type EmbeddedStore } from './embedded/embedded-store.js';
export { createPgvectorStore } from './pgvector/pgvector-store.js';
export type { PgvectorOptions } from './pgvector/connection.js';
export { createOpensearchStore } from './opensearch/opensearch-store.js';
export type { OpensearchOptions } from './opensearch/connection.js';
export { createQdrantStore } from './qdrant/qdrant-store.js';
export type { QdrantOptions } from './qdrant/connection.js';
export type { StoreOptions as EmbeddedStoreOptions } from './embedded/worker/protocol.js';
