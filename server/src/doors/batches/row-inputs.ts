import type { GivenRow } from '@heddle/adapters/doors';
import { HeddleError, type PlanInterface } from '@heddle/core';
import { checkInputs } from '../../runs/check-inputs.js';

type Inputs = Readonly<Record<string, unknown>>;

const shownRows = 20;

/**
 * The inputs of each row, all checked before any is kept. Cells of a table become what their input takes; an empty one is left out where
 * the input is not a text. Errors: `batch_invalid` with the first rows that do not fit.
 */
export function rowInputs(
  rows: readonly GivenRow[],
  face: PlanInterface,
  { columns, maxBytes }: { readonly columns?: Readonly<Record<string, string>> | undefined; readonly maxBytes: number },
): readonly Inputs[] {
  const bad: { readonly row: number; readonly message: string }[] = [];
  const read = rows.map((row, index): Inputs => {
    try {
      const inputs = inputsOf(row, face, columns);
      checkInputs(inputs, face, { maxBytes, isPartial: false });
      return inputs;
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      bad.push({ row: index + 1, message: error.message });
      return {};
    }
  });
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

function inputsOf(row: GivenRow, face: PlanInterface, columns: Readonly<Record<string, string>> | undefined): Inputs {
  const pairs =
    columns === undefined ? Object.keys(face.inputs).map((name) => [name, name] as const) : Object.entries(columns);
  const inputs: Record<string, unknown> = {};
  for (const [input, column] of pairs) {
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
