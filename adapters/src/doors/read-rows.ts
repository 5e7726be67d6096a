import { HeddleError } from '@heddle/core';

/** A row of a table or of JSONL, by column or member. */
export type GivenRow = Readonly<Record<string, unknown>>;

/** Most rows of one batch. */
export const mostRows = 100_000;

/**
 * Reads the rows of a batch: JSONL, one object a line, or CSV whose first line names the columns. Errors: `batch_invalid` with the row.
 *
 * @example await readRows(content, 'questions.csv') // [{ question: 'Why?' }]
 */
export async function readRows(content: Uint8Array, name: string): Promise<readonly GivenRow[]> {
  const text = await textOf(content);
  const isJson = /\.(?:jsonl|ndjson|json)$/i.test(name) || (!/\.(?:csv|tsv)$/i.test(name) && /^\s*\{/.test(text));
  const rows = isJson ? readLines(text) : await readTable(text);
  if (rows.length === 0) throw invalid('The file has no rows.');
  if (rows.length > mostRows)
    throw invalid(`The file has ${rows.length} rows; a batch has ${mostRows} at most: split it.`);
  return rows;
}

/** UTF-8, or UTF-16 that says so: rows have effects, so no encoding is guessed. Errors: `batch_invalid`. */
async function textOf(content: Uint8Array): Promise<string> {
  const [first, second] = content;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(content);
    // UTF-16 of some alphabets is valid UTF-8, full of controls.
    if (/[\0-\b]/.test(text)) throw new HeddleError('document_type', 'It has signs that no text has.');
    return text;
  } catch (cause) {
    const { seemingEncoding } = await import('../documents/seeming-encoding.js');
    const seeming = seemingEncoding(content);
    throw invalid(
      seeming === undefined
        ? 'The file is not UTF-8 text: save it as UTF-8.'
        : `The file is not UTF-8 text, and seems to be ${seeming}: save it as UTF-8.`,
      cause,
    );
  }
}

function readLines(text: string): readonly GivenRow[] {
  return text.split(/\r?\n/).flatMap((line, index): GivenRow[] => {
    if (line.trim() === '') return [];
    try {
      const row: unknown = JSON.parse(line);
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) return [{ ...row }]; // looked at just now
    } catch (cause) {
      throw invalid(`Line ${index + 1} is not JSON.`, cause);
    }
    throw invalid(`Line ${index + 1} is no JSON object.`);
  });
}

async function readTable(text: string): Promise<readonly GivenRow[]> {
  const { parse } = await import('csv-parse/sync');
  const head = text.slice(0, text.search(/\r?\n|$/));
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: head.split(delimiter).length }));
  const { delimiter } = counts.reduce((best, next) => (next.count > best.count ? next : best));
  try {
    const columns = (names: string[]): string[] => {
      const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
      if (twice !== undefined) throw invalid(`Two columns are called '${twice}': give each a name of its own.`);
      return names;
    };
    return parse<GivenRow>(text, { columns, bom: true, delimiter, skip_empty_lines: true });
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw invalid(`The table cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
}

function invalid(message: string, cause?: unknown): HeddleError {
  return new HeddleError('batch_invalid', message, cause === undefined ? {} : { cause });
}
