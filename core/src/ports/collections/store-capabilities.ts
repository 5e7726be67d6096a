import type { StoreKind } from '../vector-store.js';

/** Optional capabilities of a vector store. The conformance suite tests each of them. */
interface StoreCapabilities {
  /** Keyword search supports stemming in 18 languages, accents, and scripts without spaces, as the embedded store does. */
  readonly isMultilingual: boolean;
  /** Filters can compare texts by order, not only numbers and dates. */
  readonly ordersTexts: boolean;
  /** Keyword search weighs title and headings by the weight in the query. Without it, their words always count twice. */
  readonly weighsTitles: boolean;
  /** A reader sees either the whole old document or the whole new one. Without it, new passages appear before the old ones are removed. */
  readonly replacesAtOnce: boolean;
  /** A call sees everything that any other program has written before. Without it, writes of other programs appear with a delay. */
  readonly seesOtherPrograms: boolean;
  /** Two installations of Heddle on one server or machine stay separate: by file, folder, schema or prefix. */
  readonly separatesTenants: boolean;
}

const shared = { seesOtherPrograms: true, separatesTenants: true, weighsTitles: false } as const;

/** The capabilities of each store. */
export const storeCapabilities: Readonly<Record<StoreKind, StoreCapabilities>> = {
  embedded: { isMultilingual: true, ordersTexts: true, replacesAtOnce: true, ...shared, weighsTitles: true },
  pgvector: { isMultilingual: true, ordersTexts: true, replacesAtOnce: true, ...shared },
  qdrant: { isMultilingual: false, ordersTexts: false, replacesAtOnce: false, ...shared },
  lancedb: { isMultilingual: true, ordersTexts: true, replacesAtOnce: false, ...shared },
  opensearch: { isMultilingual: true, ordersTexts: true, replacesAtOnce: false, ...shared },
  weaviate: { isMultilingual: true, ordersTexts: true, replacesAtOnce: false, ...shared },
  milvus: { isMultilingual: true, ordersTexts: true, replacesAtOnce: false, ...shared },
  pinecone: { isMultilingual: true, ordersTexts: true, replacesAtOnce: false, ...shared, seesOtherPrograms: false },
};
