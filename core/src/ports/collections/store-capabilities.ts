import type { StoreKind } from '../vector-store.js';

/** What a store can do beyond what all stores must do. The conformance suite tests each of them. */
export interface StoreCapabilities {
  /** Keyword search knows the stems of 18 languages, accents and scripts without spaces, as the embedded store does. */
  readonly isMultilingual: boolean;
  /** Filters order texts, not only numbers and dates. */
  readonly ordersTexts: boolean;
  /** A reader sees all of a document as it was, or all of it as it is. Without it, new passages come first and the old ones go then. */
  readonly replacesAtOnce: boolean;
}

/** The capabilities of each store. */
export const storeCapabilities: Readonly<Record<StoreKind, StoreCapabilities>> = {
  embedded: { isMultilingual: true, ordersTexts: true, replacesAtOnce: true },
  pgvector: { isMultilingual: true, ordersTexts: true, replacesAtOnce: true },
  qdrant: { isMultilingual: false, ordersTexts: false, replacesAtOnce: false },
  lancedb: { isMultilingual: true, ordersTexts: true, replacesAtOnce: false },
  opensearch: { isMultilingual: true, ordersTexts: true, replacesAtOnce: false },
};
