import { isPlainObject } from '@heddle/core';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { plainValue } from './plain-value.js';
import { tableLimits } from './table-limits.js';

const sliceRows = 500;

type Decompress = (input: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
const decompressor =
  (decompress: Decompress) =>
  (input: Uint8Array, outputLength: number): Uint8Array =>
    new Uint8Array(decompress(input, { maxOutputLength: Math.max(1, outputLength) }));

/** Reads the rows of a Parquet file. Throws if the file is damaged or too large. */
export async function* parquetRows(file: string): AsyncGenerator<Record<string, unknown>, void, void> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const buffer = await asyncBufferFromFile(file);
  if (buffer.byteLength > tableLimits.parquetBytes) throw new TypeError('It is larger than 2 GB: split it.');
  const metadata = await parquetMetadataAsync(buffer);
  const rows = Number(metadata.num_rows);
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > tableLimits.rows)
    throw new TypeError(`It has more than ${tableLimits.rows.toLocaleString('en')} rows: split it.`);
  if (metadata.schema.length > tableLimits.columns)
    throw new TypeError(`It has more than ${tableLimits.columns} columns.`);
  const compressors = {
    GZIP: decompressor(gunzipSync),
    BROTLI: decompressor(brotliDecompressSync),
    ZSTD: decompressor(zstdDecompressSync),
  };
  for (let rowStart = 0; rowStart < rows; rowStart += sliceRows) {
    const rowEnd = Math.min(rows, rowStart + sliceRows);
    const read: readonly unknown[] = await parquetReadObjects({
      file: buffer,
      metadata,
      rowStart,
      rowEnd,
      compressors,
    });
    if (read.length !== rowEnd - rowStart) throw new TypeError('It has fewer rows than it says.');
    for (const row of read) {
      const plain = plainValue(row);
      if (!isPlainObject(plain)) throw new TypeError('It has a row without columns.');
      // An empty cell counts as a missing value.
      yield Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null && value !== undefined));
    }
  }
}
