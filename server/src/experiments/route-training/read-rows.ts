import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import type { ExperimentStore, StoredCell, StoredExperiment } from '@heddle/adapters/experiments';
import { mostTrainingRows, textOf, type LabelLevel, type CellFigures } from '@heddle/core';
import type { RouteTrainingPlan } from './plan-route-training.js';

interface VariantRuns {
  readonly figures: readonly CellFigures[];
  /** The first run that gave an answer. */
  readonly answered: string | undefined;
}

/** A row of an experiment with the runs of both variants. */
export interface PairedRow {
  readonly number: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly label: LabelLevel;
  readonly cheap: VariantRuns;
  readonly strong: VariantRuns;
}

const pageSize = 500;

/** The first rows of an experiment for which the runs of both variants have ended. Rows without text in the chosen input are left out. */
export async function readRows(
  store: ExperimentStore,
  { id }: StoredExperiment,
  plan: RouteTrainingPlan,
  input: string | undefined,
): Promise<readonly PairedRow[]> {
  const found: PairedRow[] = [];
  for (let after = 0; ;) {
    const page = await store.rows(id, after, pageSize);
    const last = page.at(-1);
    if (last === undefined) return found;
    const cells = await store.cells(id, after, last.number);
    for (const { number, label, row } of page) {
      const name = input ?? Object.keys(row.inputs)[0];
      const value = name !== undefined && Object.hasOwn(row.inputs, name) ? row.inputs[name] : undefined;
      const text = value === undefined ? '' : textOf(value).trim();
      if (text === '') continue;
      const own = cells.filter((cell) => cell.number === number);
      const cheap = runsOf(own, plan.cheap);
      const strong = runsOf(own, plan.strong);
      found.push({ number, inputs: row.inputs, text, label, cheap, strong });
      if (found.length === mostTrainingRows) return found;
    }
    after = last.number;
    await yieldToEventLoop();
  }
}

function runsOf(cells: readonly StoredCell[], variant: number): VariantRuns {
  const own = cells.filter((cell) => cell.variant === variant);
  return {
    figures: own.map(({ figures }) => figures),
    answered: own.find(({ state, run }) => state === 'done' && run !== undefined)?.run,
  };
}
