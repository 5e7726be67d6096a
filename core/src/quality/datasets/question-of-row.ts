import type { DatasetRow } from './dataset.js';

/** Characters of a question that are used; every model would cut a longer one. */
const longestQuestion = 4_000;

/** The question of a row: the named input, or else the first text. Undefined if it is empty or no text. */
export function questionOfRow({ inputs }: DatasetRow, input: string | undefined): string | undefined {
  const value = input === undefined ? Object.values(inputs).find((one) => typeof one === 'string') : inputs[input];
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, longestQuestion) : undefined;
}
