/** What goes with a collection that is deleted; how many documents it has may not be known yet. */
export function lossWords(documents: number | undefined): string {
  if (documents === 0) return 'It has no documents, and goes for good.';
  if (documents === 1) return 'Its one document, the passages and the kept original go for good.';
  const which = documents === undefined ? 'documents' : `${documents.toLocaleString()} documents`;
  return `Its ${which}, their passages and the kept originals go for good.`;
}
