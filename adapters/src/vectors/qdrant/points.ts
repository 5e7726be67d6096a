import type { Schemas } from '@qdrant/js-client-rest';
import { recordId, searchedText, type CollectionRecord } from '../shared/payloads.js';

/** Names of the two vectors of a passage on the server. */
export const vectorNames = { dense: 'dense', lexical: 'bm25' } as const;

/** The model with which the server converts text into BM25 terms. */
export const lexicalModel = 'qdrant/bm25';

/** The point of a record. Only passages have vectors. */
export function pointOf(record: CollectionRecord): Schemas['PointStruct'] {
  const vector =
    'passage' in record
      ? {
          [vectorNames.dense]: [...record.passage.vector],
          [vectorNames.lexical]: { text: searchedText(record.passage), model: lexicalModel },
        }
      : {};
  return { id: recordId(record.payload), vector, payload: { ...record.payload } };
}
