import type { Row } from './row-forms.js';

/** The first column of a row with a text that Postgres refuses because of a NUL character (U+0000); undefined if there is none. */
export const refusedText = (row: Row): string | undefined =>
  Object.entries(row).find(([, cell]) => typeof cell === 'string' && cell.includes('\u0000'))?.[0];
