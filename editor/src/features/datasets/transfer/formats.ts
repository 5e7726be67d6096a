import type { DatasetFormat } from '@heddle/core';

/** The titles of the formats, in the order of the menu. */
const formatTitles: Readonly<Record<DatasetFormat, string>> = {
  jsonl: 'JSON lines (Heddle)',
  csv: 'CSV',
  parquet: 'Parquet',
  openai: 'OpenAI Evals',
  messages: 'Chats (messages)',
  promptfoo: 'promptfoo',
  beir: 'BEIR',
  trec: 'TREC',
};

/** The formats for a select field. */
export const formatChoices = Object.entries(formatTitles).map(
  ([format, title]) => [format as DatasetFormat, title] as const,
); // Object.entries types the keys as strings

/** The parts of formats that consist of several files. */
export const formatParts: { readonly [Format in DatasetFormat]?: readonly string[] } = {
  beir: ['queries', 'qrels', 'corpus'],
  trec: ['queries', 'qrels'],
  openai: ['rows', 'registry'],
  promptfoo: ['rows', 'yaml'],
};

/** Guesses the format of files from their names and the beginning of the first file. */
export function guessFormat(names: readonly string[], beginning: string): DatasetFormat {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/^(?:.*\/)?(?:corpus|queries)\.jsonl$/i)) return 'beir';
  // A file of BEIR judgements without its queries. As a table, it would give rows without a question.
  if (/^\ufeff?query-id\tcorpus-id\t/.test(beginning)) return 'beir';
  if (has(/qrels/i)) return 'trec';
  if (has(/\.parquet$/i)) return 'parquet';
  if (has(/\.ya?ml$/i)) return has(/\.jsonl$/i) ? 'openai' : 'promptfoo';
  if (has(/\.(?:csv|tsv)$/i)) return 'csv';
  const [line = ''] = beginning.trimStart().split('\n', 1);
  const hasField = (name: string): boolean => new RegExp(`"${name}"\\s*:`).test(line);
  if (hasField('inputs')) return 'jsonl';
  if (hasField('vars')) return 'promptfoo';
  if (hasField('messages')) return 'messages';
  return hasField('ideal') || hasField('input') ? 'openai' : 'jsonl';
}

/** The file extension of an export. */
export function endingOf(format: DatasetFormat, part: string): string {
  if (format === 'csv') return 'csv';
  if (format === 'parquet') return 'parquet';
  if (part === 'registry' || part === 'yaml') return 'yaml';
  if (format === 'trec') return 'txt';
  return format === 'beir' && part === 'qrels' ? 'tsv' : 'jsonl';
}
