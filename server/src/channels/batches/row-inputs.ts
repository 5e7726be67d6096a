import type { GivenRow } from '@heddle/adapters/channels';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  createPace,
  HeddleError,
  mostValues,
  parseJson,
  sizeWithin,
  type BatchPreview,
  type PlanInterface,
  type ValueSize,
} from '@heddle/core';
import { resolveInputs, checkInputSizes } from '../../runs/start/check-inputs.js';
import { pauseFor } from '../../runs/state/pause-for.js';

type Inputs = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, string>>;

const shownRows = 20;
const firstRows = 5;
/** How much work on rows is done in one tick: each row counts as ten, plus its values and texts. */
const stretch = 5_000;
const anySize: ValueSize = { values: Infinity, characters: Infinity };
/** The limits for a value in the preview; a larger value is shown as `…`. */
const mostShown: ValueSize = { values: 1_000, characters: 20_000 };
/** The most columns of a table that are shown. */
const shownNames = 200;

interface Reading {
  /** The column of each input; guessed from the names if undefined. */
  readonly columns?: Columns | undefined;
  readonly maxBytes: number;
}

/**
 * The inputs of each row. All rows are checked before any is stored. A cell is converted to the type of its input; an empty cell is left
 * out, unless the input is text. Errors: `batch_invalid` with the first rows that do not fit.
 */
export async function rowInputs(
  rows: readonly GivenRow[],
  planInterface: PlanInterface,
  reading: Reading,
): Promise<readonly Inputs[]> {
  const names = namesOf(rows);
  const columns = reading.columns ?? guessColumns(Object.keys(planInterface.inputs), names);
  await checkColumns(rows, planInterface, { names, columns, isGiven: reading.columns !== undefined });
  // Members that occur only in later rows of a JSONL file are matched by name too.
  const all = reading.columns === undefined ? { ...sameNames(planInterface), ...columns } : columns;
  const { read, bad, problems } = await readRows(rows, planInterface, { ...reading, columns: all });
  if (bad === 0) return read;
  const messages = problems.slice(0, 3).map(({ row, message }) => `row ${row}: ${message}`);
  throw new HeddleError(
    'batch_invalid',
    `${bad} of ${rows.length} rows do not fit the workflow: ${messages.join(' ')}`,
    {
      details: { rows: problems },
    },
  );
}

/** Builds a preview: the columns, the first rows as inputs, and the problems. */
export async function previewRows(
  rows: readonly GivenRow[],
  planInterface: PlanInterface,
  reading: Reading,
): Promise<Omit<BatchPreview, 'version' | 'level'>> {
  const names = namesOf(rows);
  const columns = reading.columns ?? guessColumns(Object.keys(planInterface.inputs), names);
  const { read, bad, problems } = await readRows(rows, planInterface, { ...reading, columns });
  return {
    rows: rows.length,
    names: [...names],
    inputs: Object.entries(planInterface.inputs).map(([name, { type, isOptional, default: given }]) => ({
      name,
      type,
      isRequired: !isOptional && given === undefined,
    })),
    columns: { ...columns },
    first: read.slice(0, firstRows).map((inputs, index) => ({ row: index + 1, inputs: shownInputs(inputs) })),
    bad,
    problems,
  };
}

/** The inputs of a row for the preview, without large values. */
const shownInputs = (inputs: Inputs): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, sizeWithin(value, mostShown) === undefined ? '…' : value]),
  );

interface ReadRows {
  readonly read: readonly Inputs[];
  /** The number of rows that do not fit. */
  readonly bad: number;
  /** The problems of the first rows that do not fit. */
  readonly problems: { readonly row: number; readonly message: string }[];
}

async function readRows(
  rows: readonly GivenRow[],
  planInterface: PlanInterface,
  { columns, maxBytes }: Reading & { readonly columns: Columns },
): Promise<ReadRows> {
  const read: Inputs[] = [];
  const problems: { readonly row: number; readonly message: string }[] = [];
  let bad = 0;
  const isDue = createPace(stretch);
  for (const [index, row] of rows.entries()) {
    const inputs = inputsOf(row, planInterface, columns, maxBytes);
    read.push(inputs);
    const { values, characters } = sizeWithin(inputs, anySize) ?? anySize;
    if (isDue(10 + values + characters / 100)) await yieldToEventLoop();
    try {
      checkInputSizes(inputs, maxBytes);
      await pauseFor(inputs);
      resolveInputs(inputs, planInterface, { maxBytes, isPartial: false, isMeasured: true });
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      bad += 1;
      if (problems.length < shownRows) problems.push({ row: index + 1, message: error.message });
    }
  }
  return { read, bad, problems };
}

const sameNames = (planInterface: PlanInterface): Columns =>
  Object.fromEntries(Object.keys(planInterface.inputs).map((name) => [name, name]));

/**
 * Checks that the rows have the columns. If no input had a column, every row would run with the defaults, and nobody would notice. Errors:
 * `batch_invalid`.
 */
async function checkColumns(
  rows: readonly GivenRow[],
  planInterface: PlanInterface,
  {
    names,
    columns,
    isGiven,
  }: { readonly names: readonly string[]; readonly columns: Columns; readonly isGiven: boolean },
): Promise<void> {
  if (names.length === 0) return;
  const there = names.map((name) => `'${name}'`).join(', ');
  const [lost] = await missingOf(Object.values(columns), rows);
  if (lost !== undefined)
    throw new HeddleError('batch_invalid', `The rows have no column '${lost}'. They have ${there}.`);
  const inputs = Object.keys(planInterface.inputs);
  if (isGiven || inputs.length === 0 || Object.keys(columns).length > 0) return;
  if ((await missingOf(inputs, rows)).length < inputs.length) return;
  throw new HeddleError(
    'batch_invalid',
    `No column of the rows (${there}) has the name of an input of the workflow (${inputs.join(', ')}): say which column an input takes.`,
  );
}

/** The columns that no row has. */
async function missingOf(columns: readonly string[], rows: readonly GivenRow[]): Promise<readonly string[]> {
  const missing = new Set(columns);
  const isDue = createPace(stretch * 10);
  for (const row of rows) {
    if (missing.size === 0) break;
    for (const column of missing) if (Object.hasOwn(row, column)) missing.delete(column);
    if (isDue(missing.size + 1)) await yieldToEventLoop();
  }
  return [...missing];
}

/** The names of the columns, from the first rows. All rows of a table have the same columns. */
function namesOf(rows: readonly GivenRow[]): readonly string[] {
  const names = new Set<string>();
  for (const row of rows.slice(0, 100))
    for (const name of Object.keys(row)) {
      names.add(name);
      if (names.size === shownNames) return [...names];
    }
  return [...names];
}

/** Guesses the column of each input: the one with the same name, otherwise one that differs only in case, blanks, `_` and `-`. */
function guessColumns(inputs: readonly string[], names: readonly string[]): Columns {
  const plain = (text: string): string => text.toLowerCase().replace(/[\s_-]/g, '');
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const found = names.find((name) => name === input) ?? names.find((name) => plain(name) === plain(input));
      return found === undefined ? [] : [[input, found]];
    }),
  );
}

function inputsOf(row: GivenRow, planInterface: PlanInterface, columns: Columns, maxBytes: number): Inputs {
  const inputs: Record<string, unknown> = {};
  for (const [input, column] of Object.entries(columns)) {
    if (!Object.hasOwn(row, column)) continue;
    const cell = row[column];
    const value =
      typeof cell === 'string' && cell.length > maxBytes
        ? cell // Too large as any type; the check reports it.
        : valueOf(cell, planInterface.inputs[input]?.type ?? 'Text');
    if (value !== undefined) inputs[input] = value;
  }
  return inputs;
}

function valueOf(cell: unknown, type: string): unknown {
  if (typeof cell !== 'string' || type === 'Text') return cell;
  if (cell.trim() === '') return undefined;
  try {
    return parseJson(cell, mostValues.usual);
  } catch {
    return cell; // Not JSON; the check reports it.
  }
}
