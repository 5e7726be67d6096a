export { checkVectorFile } from './embedded/check-file.js';
export { createEmbeddedStore, type EmbeddedStore } from './embedded/embedded-store.js';
export { createLancedbStore } from './lancedb/lancedb-store.js';
export { createPgvectorStore } from './pgvector/pgvector-store.js';
export { createMilvusStore } from './milvus/milvus-store.js';
export { createOpensearchStore } from './opensearch/opensearch-store.js';
export { createPineconeStore } from './pinecone/pinecone-store.js';
export { createQdrantStore } from './qdrant/qdrant-store.js';
export { createWeaviateStore } from './weaviate/weaviate-store.js';
