import type { Place } from '@heddle/core';

/** A position in a document as text: headings, page, row or line. */
export function placeWords(place: Place | undefined): string {
  if (place === undefined) return '';
  const parts = [
    place.headings === undefined ? '' : place.headings.join(' › '),
    place.page === undefined ? '' : `page ${place.page}`,
    place.row === undefined ? '' : `row ${place.row}`,
    place.line === undefined || place.page !== undefined ? '' : `line ${place.line}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
