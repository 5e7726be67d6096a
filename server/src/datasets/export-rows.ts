import {
  cellsOfRow,
  csvColumns,
  HeddleError,
  recordOfRow,
  type DatasetFormat,
  type DatasetStore,
  type StoredDatasetRow,
} from '@heddle/core';
import { csvCell } from '../audit/audit-export.js';

/** Rows that are in memory at once. */
const pageSize = 500;

/** The files of BEIR and TREC; the other formats have one. */
export type ExportPart = 'rows' | 'queries' | 'qrels' | 'corpus';

/** What an export says. */
export interface ExportQuery {
  readonly format: DatasetFormat;
  readonly part: ExportPart;
  readonly version?: number | undefined;
}

/** The rows of a version in a format, as lines. Errors: `not_found`, `bad_request` for a part that the format has not; both before the first line. */
export function exportRows(
  store: Pick<DatasetStore, 'get' | 'rows'>,
  id: string,
  { format, part, version: asked }: ExportQuery,
): Generator<string, void, void> {
  const version = asked ?? store.get(id).version;
  store.rows(id, { version, limit: 1 });
  const isJudged = format === 'beir' || format === 'trec';
  if (isJudged !== (part !== 'rows') || (format === 'trec' && part === 'corpus'))
    throw new HeddleError('bad_request', partsOf(format));
  const rows = (): Generator<StoredDatasetRow> => readRows(store, id, version);
  if (format === 'csv') return tableOf(rows);
  if (format === 'beir') return beirLines(rows(), part);
  if (format === 'trec') return trecLines(rows(), part);
  return linesOf(rows(), format);
}

function partsOf(format: DatasetFormat): string {
  if (format === 'beir') return 'BEIR has the parts queries, qrels and corpus: name one.';
  return format === 'trec' ? 'TREC has the parts queries and qrels: name one.' : 'This format has one part: rows.';
}

function* readRows(store: Pick<DatasetStore, 'rows'>, id: string, version: number): Generator<StoredDatasetRow> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page = store.rows(id, { version, after, limit: pageSize });
    yield* page.rows;
    after = page.next;
  }
}

function* linesOf(
  rows: Iterable<StoredDatasetRow>,
  format: 'jsonl' | 'openai' | 'messages' | 'promptfoo',
): Generator<string, void, void> {
  for (const { hash: _hash, ...row } of rows) yield `${JSON.stringify(recordOfRow(format, row))}\n`;
}

/** The columns are the inputs of all rows, so that the rows are read twice. */
function* tableOf(rows: () => Iterable<StoredDatasetRow>): Generator<string, void, void> {
  const names = new Set<string>();
  for (const { inputs } of rows()) for (const name of Object.keys(inputs)) names.add(name);
  const inputs = [...names];
  yield `${[...csvColumns, ...inputs].map(csvCell).join(',')}\r\n`;
  for (const row of rows()) yield `${cellsOfRow(row, inputs).map(csvCell).join(',')}\r\n`;
}

/** The question of a row: its only text, else all inputs as JSON. */
function questionOf({ inputs }: StoredDatasetRow): string {
  const { query, question } = inputs;
  const [only, ...others] = Object.values(inputs);
  const text = query ?? question ?? (others.length === 0 ? only : inputs);
  return typeof text === 'string' ? text : JSON.stringify(text);
}

function* beirLines(rows: Iterable<StoredDatasetRow>, part: ExportPart): Generator<string, void, void> {
  const given = new Set<string>();
  if (part === 'qrels') yield 'query-id\tcorpus-id\tscore\n';
  for (const row of rows) {
    if (part === 'queries') yield `${JSON.stringify({ _id: row.id, text: questionOf(row) })}\n`;
    for (const { document, grade, text } of row.references ?? []) {
      if (part === 'qrels') yield `${cell(row.id)}\t${cell(document)}\t${grade}\n`;
      if (part !== 'corpus' || text === undefined || given.has(document)) continue;
      given.add(document);
      yield `${JSON.stringify({ _id: document, title: '', text })}\n`;
    }
  }
}

function* trecLines(rows: Iterable<StoredDatasetRow>, part: ExportPart): Generator<string, void, void> {
  for (const row of rows) {
    if (part === 'queries') yield `${column(row.id)}\t${cell(questionOf(row))}\n`;
    if (part !== 'qrels') continue;
    for (const { document, grade } of row.references ?? []) yield `${column(row.id)} 0 ${column(document)} ${grade}\n`;
  }
}

/** A text between tabs. */
const cell = (text: string): string => text.replace(/[\t\r\n]+/g, ' ');
/** A text between spaces. */
const column = (text: string): string => text.trim().replace(/\s+/g, '_');
