import type { StoreKind } from '../vector-store.js';

/** What a store can do beyond what all stores must do. The conformance suite tests each of them. */
interface StoreCapabilities {
  /** Keyword search knows the stems of 18 languages, accents and scripts without spaces, as the embedded store does. */
  readonly isMultilingual: boolean;
  /** Filters order texts, not only numbers and dates. */
  readonly ordersTexts: boolean;
  /** Keyword search can weigh title and headings as a search asks for it. Without it, their words always count twice. */
  readonly weighsTitles: boolean;
  /** A reader sees all of a document as it was, or all of it as it is. Without it, new passages come first and the old ones go then. */
  readonly replacesAtOnce: boolean;
  /** A call finds what any program wrote before it. Without it, other programs find it some time later. */
  readonly seesOtherPrograms: boolean;
  /** Two Heddles keep apart on one server or machine: by file, folder, schema or prefix. */
  readonly separatesTenants: boolean;
}

/** What most of them have in common. */
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
