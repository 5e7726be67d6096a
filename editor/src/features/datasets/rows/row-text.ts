import type { StoredDatasetRow } from '@heddle/core';
import { visibleText } from '../../../ui/markdown/visible-text.js';

const longest = 160;

/** The beginning of a value, on one line. @example valueText({ q: 'Why?' }) // 'Why?' */
export function valueText(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = visibleText(text.slice(0, longest * 2))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** The inputs of a row on one line. A single input is shown without its name. */
export function inputsText(inputs: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(inputs);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return valueText(only[1]);
  return entries
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join(' · ')
    .slice(0, longest * 2);
}

/** The documents that contain the answer, on one line. @example documentsText([{ document: 'a.md', grade: 1 }]) // 'a.md' */
export function documentsText(references: StoredDatasetRow['references'] = []): string {
  const relevant = references.flatMap(({ document, grade }) =>
    document === undefined || grade <= 0 ? [] : [document],
  );
  return valueText([...new Set(relevant)].join(', '));
}
