import { documentCases } from './vector-store-documents.js';
import { filterCases } from './vector-store-filters.js';
import type { VectorStoreSubject } from './vector-store-fixtures.js';
import { readerCases } from './vector-store-readers.js';
import { searchCases } from './vector-store-search.js';
import type { SuiteCase } from './suite.js';

/** The conformance suite of vector stores; every adapter runs it. Each test needs a store without collections. */
export const vectorStoreSuite: readonly SuiteCase<VectorStoreSubject>[] = [
  ...documentCases,
  ...searchCases,
  ...filterCases,
  ...readerCases,
];
