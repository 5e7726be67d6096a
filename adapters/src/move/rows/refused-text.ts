import type { Row } from './row-forms.js';

/** The column of a row whose text Postgres does not take: it has the character 0. Undefined where it takes all. */
export const refusedText = (row: Row): string | undefined =>
  Object.entries(row).find(([, cell]) => typeof cell === 'string' && cell.includes('\u0000'))?.[0];
