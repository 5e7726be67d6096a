import type { GivenRow } from '@heddle/adapters/doors';
import { HeddleError, type BatchPreview, type PlanInterface } from '@heddle/core';
import { checkInputs } from '../../runs/check-inputs.js';

type Inputs = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, string>>;

const shownRows = 20;
const firstRows = 5;
/** Columns that a table may have, as far as people are shown them. */
const shownNames = 200;

interface Reading {
  /** Column by input; left out, as their names let guess. */
  readonly columns?: Columns | undefined;
  readonly maxBytes: number;
}

/**
 * The inputs of each row, all checked before any is kept. Cells of a table become what their input takes; an empty one is left out where
 * the input is not a text. Errors: `batch_invalid` with the first rows that do not fit.
 */
export function rowInputs(rows: readonly GivenRow[], face: PlanInterface, reading: Reading): readonly Inputs[] {
  const names = namesOf(rows);
  const columns = reading.columns ?? guessColumns(Object.keys(face.inputs), names);
  checkColumns(rows, face, { names, columns, isGiven: reading.columns !== undefined });
  // A member that only later rows of a JSONL have is found by its name.
  const all = { ...(reading.columns === undefined ? sameNames(face) : {}), ...columns };
  const { read, bad } = readRows(rows, face, { ...reading, columns: all });
  if (bad.length === 0) return read;
  const words = bad.slice(0, 3).map(({ row, message }) => `row ${row}: ${message}`);
  throw new HeddleError(
    'batch_invalid',
    `${bad.length} of ${rows.length} rows do not fit the workflow: ${words.join(' ')}`,
    {
      details: { rows: bad.slice(0, shownRows) },
    },
  );
}

/** The same for people to look at before anything begins: the columns, the first rows as inputs, and what does not fit. */
export function previewRows(
  rows: readonly GivenRow[],
  face: PlanInterface,
  reading: Reading,
): Omit<BatchPreview, 'version' | 'level'> {
  const names = namesOf(rows);
  const columns = reading.columns ?? guessColumns(Object.keys(face.inputs), names);
  const { read, bad } = readRows(rows, face, { ...reading, columns });
  return {
    rows: rows.length,
    names: [...names],
    inputs: Object.entries(face.inputs).map(([name, { type, isOptional, default: given }]) => ({
      ...{ name, type },
      isRequired: !isOptional && given === undefined,
    })),
    columns: { ...columns },
    first: read.slice(0, firstRows).map((inputs, index) => ({ row: index + 1, inputs: { ...inputs } })),
    bad: bad.length,
    problems: bad.slice(0, shownRows),
  };
}

function readRows(
  rows: readonly GivenRow[],
  face: PlanInterface,
  { columns, maxBytes }: Reading & { readonly columns: Columns },
): { readonly read: readonly Inputs[]; readonly bad: { readonly row: number; readonly message: string }[] } {
  const bad: { readonly row: number; readonly message: string }[] = [];
  const read = rows.map((row, index): Inputs => {
    const inputs = inputsOf(row, face, columns);
    try {
      checkInputs(inputs, face, { maxBytes, isPartial: false });
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      bad.push({ row: index + 1, message: error.message });
    }
    return inputs;
  });
  return { read, bad };
}

const sameNames = (face: PlanInterface): Columns =>
  Object.fromEntries(Object.keys(face.inputs).map((name) => [name, name]));

/** Columns that go nowhere would leave every row with the defaults of the workflow, and nobody would see it. Errors: `batch_invalid`. */
function checkColumns(
  rows: readonly GivenRow[],
  face: PlanInterface,
  {
    names,
    columns,
    isGiven,
  }: { readonly names: readonly string[]; readonly columns: Columns; readonly isGiven: boolean },
): void {
  if (names.length === 0) return;
  const there = names.map((name) => `'${name}'`).join(', ');
  const isThere = (column: string): boolean => rows.some((row) => Object.hasOwn(row, column));
  const lost = Object.values(columns).find((column) => !isThere(column));
  if (lost !== undefined)
    throw new HeddleError('batch_invalid', `The rows have no column '${lost}'. They have ${there}.`);
  const inputs = Object.keys(face.inputs);
  if (isGiven || inputs.length === 0 || Object.keys(columns).length > 0 || inputs.some(isThere)) return;
  throw new HeddleError(
    'batch_invalid',
    `No column of the rows (${there}) is called like an input of the workflow (${inputs.join(', ')}): say which column an input takes.`,
  );
}

/** What the first rows have; a table has the same in each. */
function namesOf(rows: readonly GivenRow[]): readonly string[] {
  const names = new Set(rows.slice(0, 100).flatMap((row) => Object.keys(row)));
  return [...names].slice(0, shownNames);
}

/** The column of the same name, else one that only its letters' case and its blanks keep apart. */
function guessColumns(inputs: readonly string[], names: readonly string[]): Columns {
  const plain = (text: string): string => text.toLowerCase().replace(/[\s_-]/g, '');
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const found = names.find((name) => name === input) ?? names.find((name) => plain(name) === plain(input));
      return found === undefined ? [] : [[input, found]];
    }),
  );
}

function inputsOf(row: GivenRow, face: PlanInterface, columns: Columns): Inputs {
  const inputs: Record<string, unknown> = {};
  for (const [input, column] of Object.entries(columns)) {
    if (!Object.hasOwn(row, column)) continue;
    const value = valueOf(row[column], face.inputs[input]?.type ?? 'Text');
    if (value !== undefined) inputs[input] = value;
  }
  return inputs;
}

function valueOf(cell: unknown, type: string): unknown {
  if (typeof cell !== 'string' || type === 'Text') return cell;
  if (cell.trim() === '') return undefined;
  try {
    return JSON.parse(cell);
  } catch {
    return cell; // the check says what is wrong with it
  }
}
