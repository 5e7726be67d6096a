import type { Place } from '@heddle/core';

/** Writes a position in a document as text: headings, page, row or line. */
export function locationText(location: Place | undefined): string {
  if (location === undefined) return '';
  const parts = [
    location.headings === undefined ? '' : location.headings.join(' › '),
    location.page === undefined ? '' : `page ${location.page}`,
    location.row === undefined ? '' : `row ${location.row}`,
    location.line === undefined || location.page !== undefined ? '' : `line ${location.line}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
