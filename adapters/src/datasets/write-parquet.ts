import { isRowColumn, type StoredDatasetRow } from '@heddle/core';
import type { ColumnSource } from 'hyparquet-writer';

const groupRows = 2_000;

type Read = (row: StoredDatasetRow) => unknown;
type Kind = 'STRING' | 'JSON';

interface Column {
  readonly name: string;
  readonly type: Kind;
  readonly read: Read;
}

/**
 * Writes rows as a Parquet file, in parts. Each input has a column of its own, as in Hugging Face's tables; if an input has the name of a
 * field of the row, all inputs are in one column `inputs`. A column with values other than text holds JSON. The rows are read twice.
 */
export async function* parquetOf(rows: () => AsyncIterable<StoredDatasetRow>): AsyncGenerator<Uint8Array, void, void> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const columns = await columnsOf(rows());
  const schema = schemaFromColumnData({ columnData: columns.map((column) => sourceOf(column, [])) });
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'Heddle' });
  const taken = (): Uint8Array => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  for await (const group of groupsOf(rows())) {
    await parquet.write({ columnData: columns.map((column) => sourceOf(column, group)), rowGroupSize: groupRows });
    yield taken();
  }
  await parquet.finish();
  yield taken();
}

function sourceOf({ name, type, read }: Column, rows: readonly StoredDatasetRow[]): ColumnSource {
  return { name, type, nullable: true, data: rows.map((row) => read(row) ?? null) };
}

async function columnsOf(rows: AsyncIterable<StoredDatasetRow>): Promise<readonly Column[]> {
  const inputs = new Map<string, Kind>();
  let expected: Kind = 'STRING';
  let isFlat = true;
  for await (const row of rows) {
    for (const [name, value] of Object.entries(row.inputs)) {
      // Import would read a list of messages in a column of its own as a chat.
      isFlat &&= name !== '' && name !== 'inputs' && name !== 'messages' && !isRowColumn(name);
      inputs.set(name, typeof value === 'string' ? (inputs.get(name) ?? 'STRING') : 'JSON');
    }
    if (Object.keys(row.inputs).length === 0) isFlat = false;
    if (row.expected !== undefined && typeof row.expected !== 'string') expected = 'JSON';
  }
  const named = [...inputs].map(([name, type]): Column => ({ name, type, read: (row) => row.inputs[name] }));
  return [
    { name: 'id', type: 'STRING', read: ({ id }) => id },
    ...(isFlat
      ? named
      : [{ name: 'inputs', type: 'JSON' as const, read: ({ inputs: values }: StoredDatasetRow) => values }]),
    { name: 'expected', type: expected, read: (row) => row.expected },
    { name: 'references', type: 'JSON', read: ({ references }) => references },
    { name: 'proposed', type: 'JSON', read: ({ proposed }) => proposed },
    { name: 'tags', type: 'JSON', read: ({ tags }) => tags },
    { name: 'split', type: 'STRING', read: ({ split }) => split },
    { name: 'label', type: 'STRING', read: ({ label }) => label },
    { name: 'unreviewed', type: 'JSON', read: ({ unreviewed }) => unreviewed },
    { name: 'run', type: 'STRING', read: ({ run }) => run },
    { name: 'metadata', type: 'JSON', read: ({ metadata }) => metadata },
  ];
}

async function* groupsOf(
  rows: AsyncIterable<StoredDatasetRow>,
): AsyncGenerator<readonly StoredDatasetRow[], void, void> {
  let group: StoredDatasetRow[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < groupRows) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
