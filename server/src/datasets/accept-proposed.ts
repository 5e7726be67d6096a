import { HeddleError, withoutUndefined, type DatasetRow, type ReviewRowRequest } from '@heddle/core';

/**
 * Adds proposed documents to the references of a row: those that the reviewer accepts, by default all. Errors: `bad_request` for a document
 * that is not proposed.
 */
export function acceptProposed(
  { references, proposed = [] }: Pick<DatasetRow, 'references' | 'proposed'>,
  taken: ReviewRowRequest['proposed'],
): DatasetRow['references'] {
  const unknown = taken?.find(({ document }) => !proposed.some((one) => one.document === document));
  if (unknown !== undefined)
    throw new HeddleError(
      'bad_request',
      `The row does not propose the document '${unknown.document.slice(0, 80)}': load the row again.`,
    );
  const added = proposed.flatMap(({ document, text, grade: given }) => {
    const grade = taken === undefined ? given : taken.find((one) => one.document === document)?.grade;
    return grade === undefined ? [] : [withoutUndefined({ document, text, grade })];
  });
  return added.length === 0 ? references : [...(references ?? []), ...added];
}
