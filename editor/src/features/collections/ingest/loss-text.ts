/** What deleting a collection removes. The number of documents may not be known yet. */
export function lossText(documents: number | undefined): string {
  if (documents === 0) return 'The collection has no documents. It is deleted permanently.';
  if (documents === 1) return 'Its document, passages and stored original are deleted permanently.';
  const which = documents === undefined ? 'documents' : `${documents.toLocaleString()} documents`;
  return `Its ${which}, their passages and stored originals are deleted permanently.`;
}
