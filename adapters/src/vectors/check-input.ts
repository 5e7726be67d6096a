import {
  Filter,
  HeddleError,
  storeCapabilities,
  usualTitleWeight,
  type StoredDocument,
  type StoreKind,
  type VectorQuery,
} from '@heddle/core';

function checkVector(collection: string, dimensions: number, vector: Float32Array, owner: string): void {
  if (vector.length !== dimensions) {
    throw new HeddleError(
      'collection_dimensions',
      `Collection '${collection}' has ${dimensions} dimensions, ${owner} has ${vector.length}: use the model that filled it.`,
      { details: { collection, expected: dimensions, received: vector.length } },
    );
  }
  if (!vector.every(Number.isFinite)) {
    throw new HeddleError(
      'collection_dimensions',
      `${owner} for collection '${collection}' holds values that are not numbers: check the embedding model.`,
    );
  }
}

/** Checks every vector before anything is written, so that a bad document leaves nothing half written. Errors: `collection_dimensions`. */
export function checkDocuments(collection: string, dimensions: number, documents: readonly StoredDocument[]): void {
  for (const { document, passages } of documents) {
    for (const { id, vector } of passages)
      checkVector(collection, dimensions, vector, `the vector of passage '${id}' in document '${document.id}'`);
  }
}

/** Checks the vector, filter and limits of a query. Errors: `collection_dimensions`, `filter_invalid`, `bad_request`. */
export function checkQuery(collection: string, dimensions: number, query: VectorQuery): void {
  if (!Number.isInteger(query.k) || query.k < 1)
    throw new HeddleError('bad_request', `A search asks for 1 or more results, not ${query.k}.`);
  if (query.vector !== undefined && query.mode !== 'lexical')
    checkVector(collection, dimensions, query.vector, 'the vector of the query');
  if (query.filter === undefined) return;
  const parsed = Filter.safeParse(query.filter);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HeddleError(
      'filter_invalid',
      `The filter is not valid at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'unknown form'}.`,
    );
  }
}

/** Refuses a title weight that a store cannot apply. Errors: `search_unsupported`, `bad_request`. */
export function checkTitleWeight(
  collection: string,
  store: StoreKind,
  { mode, titleWeight }: Pick<VectorQuery, 'mode' | 'titleWeight'>,
): void {
  if (mode === 'dense' || titleWeight === undefined || titleWeight === usualTitleWeight) return;
  if (!(titleWeight >= 0 && titleWeight <= 10))
    throw new HeddleError('bad_request', `The weight of titles and headings must be 0 to 10, not ${titleWeight}.`);
  if (storeCapabilities[store].weighsTitles) return;
  throw new HeddleError(
    'search_unsupported',
    `Collection '${collection}' is in ${store}, where words of title and headings always count ${usualTitleWeight} times: leave the title weight out, or move the collection to the embedded store.`,
    { details: { collection, store, titleWeight } },
  );
}
