import { parquetOf } from '@heddle/adapters/datasets';
import {
  cellsOfRow,
  csvCell,
  csvColumns,
  HeddleError,
  recordOfRow,
  type DatasetFormat,
  type DatasetRowsQuery,
  type DatasetStore,
  type StoredDatasetRow,
} from '@heddle/core';

/** How many rows are in memory at once. */
const pageSize = 500;

/** The files of the formats: BEIR and TREC have several; OpenAI Evals has a registry; promptfoo has its tests as YAML too. */
type ExportPart = 'rows' | 'queries' | 'qrels' | 'corpus' | 'registry' | 'yaml';

export interface ExportQuery {
  readonly format: DatasetFormat;
  readonly part: ExportPart;
  readonly version?: number | undefined;
}

/**
 * The rows of a version in a format, as lines. Errors: `not_found`, `bad_request` for a part that the format does not have; both are thrown
 * before the first line.
 */
export async function exportRows(
  store: Pick<DatasetStore, 'get' | 'rows'>,
  id: string,
  { format, part, version: asked }: ExportQuery,
): Promise<AsyncGenerator<Uint8Array | string, void, void> | Generator<string, void, void>> {
  const version = asked ?? (await store.get(id)).version;
  await store.rows(id, { version, limit: 1 });
  const known = partsOf(format);
  if (!known.includes(part))
    throw new HeddleError('bad_request', `The format ${format} has the parts ${known.join(', ')}: name one.`);
  // BEIR and TREC cannot mark rows that wait for a review, so these are left out.
  const unreviewed = format === 'beir' || format === 'trec' ? { unreviewed: false } : {};
  const rows = (): AsyncGenerator<StoredDatasetRow> => readRows(store, id, { version, ...unreviewed });
  if (format === 'parquet') return parquetOf(rows);
  if (part === 'registry') return registryLines((await store.get(id)).name);
  if (part === 'yaml') return yamlLines(rows());
  if (format === 'csv') return tableOf(rows);
  if (format === 'beir') return beirLines(rows(), part);
  if (format === 'trec') return trecLines(rows(), part);
  return linesOf(rows(), format);
}

function partsOf(format: DatasetFormat): readonly ExportPart[] {
  switch (format) {
    case 'beir':
      return ['queries', 'qrels', 'corpus'];
    case 'trec':
      return ['queries', 'qrels'];
    case 'openai':
      return ['rows', 'registry'];
    case 'promptfoo':
      return ['rows', 'yaml'];
    default:
      return ['rows'];
  }
}

/** The registry file of OpenAI Evals, which refers to the file with the samples. */
function* registryLines(dataset: string): Generator<string, void, void> {
  const name =
    dataset
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'dataset';
  yield `${name}:\n  id: ${name}.test.v1\n  metrics: [accuracy]\n`;
  yield `${name}.test.v1:\n  class: evals.elsuite.basic.match:Match\n  args:\n    samples_jsonl: ${name}/samples.jsonl\n`;
}

/** The tests in the format of promptfoo. Because JSON is YAML too, each test is one line. */
async function* yamlLines(rows: AsyncIterable<StoredDatasetRow>): AsyncGenerator<string, void, void> {
  let isEmpty = true;
  for await (const { hash: _hash, ...row } of rows) {
    isEmpty = false;
    yield `- ${JSON.stringify(recordOfRow('promptfoo', row))}\n`;
  }
  if (isEmpty) yield '[]\n';
}

async function* readRows(
  store: Pick<DatasetStore, 'rows'>,
  id: string,
  query: Pick<DatasetRowsQuery, 'version' | 'unreviewed'>,
): AsyncGenerator<StoredDatasetRow> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page = await store.rows(id, { ...query, after, limit: pageSize });
    yield* page.rows;
    after = page.next;
  }
}

async function* linesOf(
  rows: AsyncIterable<StoredDatasetRow>,
  format: 'jsonl' | 'openai' | 'messages' | 'promptfoo',
): AsyncGenerator<string, void, void> {
  for await (const { hash: _hash, ...row } of rows) yield `${JSON.stringify(recordOfRow(format, row))}\n`;
}

/** The columns are the inputs of all rows, so the rows are read twice. */
async function* tableOf(rows: () => AsyncIterable<StoredDatasetRow>): AsyncGenerator<string, void, void> {
  const names = new Set<string>();
  for await (const { inputs } of rows()) for (const name of Object.keys(inputs)) names.add(name);
  const inputs = [...names];
  yield `${[...csvColumns, ...inputs].map(csvCell).join(',')}\r\n`;
  for await (const row of rows()) yield `${cellsOfRow(row, inputs).map(csvCell).join(',')}\r\n`;
}

/** The question of a row: its only text input, else all inputs as JSON. */
function questionOf({ inputs }: StoredDatasetRow): string {
  const { query, question } = inputs;
  const [only, ...others] = Object.values(inputs);
  const text = query ?? question ?? (others.length === 0 ? only : inputs);
  return typeof text === 'string' ? text : JSON.stringify(text);
}

async function* beirLines(rows: AsyncIterable<StoredDatasetRow>, part: ExportPart): AsyncGenerator<string, void, void> {
  const given = new Set<string>();
  if (part === 'qrels') yield 'query-id\tcorpus-id\tscore\n';
  for await (const row of rows) {
    if (part === 'queries') yield `${JSON.stringify({ _id: row.id, text: questionOf(row) })}\n`;
    for (const { document, grade, text } of row.references ?? []) {
      if (part === 'qrels') yield `${cell(row.id)}\t${cell(document)}\t${grade}\n`;
      if (part !== 'corpus' || text === undefined || given.has(document)) continue;
      given.add(document);
      yield `${JSON.stringify({ _id: document, title: '', text })}\n`;
    }
  }
}

async function* trecLines(rows: AsyncIterable<StoredDatasetRow>, part: ExportPart): AsyncGenerator<string, void, void> {
  for await (const row of rows) {
    if (part === 'queries') yield `${column(row.id)}\t${cell(questionOf(row))}\n`;
    if (part !== 'qrels') continue;
    for (const { document, grade } of row.references ?? []) yield `${column(row.id)} 0 ${column(document)} ${grade}\n`;
  }
}

/** Removes the tabs and line breaks that would end a cell. */
const cell = (text: string): string => text.replace(/[\t\r\n]+/g, ' ');
/** Replaces the spaces that would end a column. */
const column = (text: string): string => text.trim().replace(/\s+/g, '_');
