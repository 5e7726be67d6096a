import { capabilityCases } from './capabilities.js';
import { documentCases } from './documents.js';
import { filterCases } from './filters.js';
import type { VectorStoreSubject } from './fixtures.js';
import { readerCases } from './readers.js';
import { searchCases } from './search.js';
import type { SuiteCase } from '../suite.js';

/** The conformance suite that every vector store adapter runs. Each test needs a store without collections. */
export const vectorStoreSuite: readonly SuiteCase<VectorStoreSubject>[] = [
  ...documentCases,
  ...searchCases,
  ...filterCases,
  ...readerCases,
  ...capabilityCases,
];
