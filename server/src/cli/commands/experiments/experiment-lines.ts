import type { ExperimentReply, ExperimentResult, ExperimentRow } from '@heddle/core';
import { table } from '../../output.js';

/** Formats a number for people: three significant digits, or whole from 100 on. */
export const figure = (value: number | undefined): string =>
  value === undefined ? '–' : Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

/** The results of an experiment as a table: the mean of each variant, and its difference to the baseline with the interval. */
export function resultLines(
  { name, status, cells, variants, cost, saved }: ExperimentReply,
  { isFinal, table: found, calibrations }: ExperimentResult,
): string[] {
  const nameOf = new Map(variants.map((variant) => [variant.id, variant.name]));
  const rows = found.metrics.flatMap(({ name: metric }) =>
    found.variants.map((variant) => {
      const score = found.scores.find((one) => one.metric === metric && one.variant === variant);
      const compared = found.comparisons.find((one) => one.metric === metric && one.variant === variant);
      const { low, high } = compared?.interval ?? {};
      return [
        metric,
        nameOf.get(variant) ?? variant,
        figure(score?.mean),
        compared?.difference === undefined ? '' : figure(compared.difference),
        low === undefined ? '' : `${figure(low)} to ${figure(high)}`,
        compared === undefined ? '' : figure(compared.correctedP),
        compared === undefined ? '' : compared.verdict,
      ];
    }),
  );
  const winners = found.winners.map(({ metric, variant }) => `${metric}: ${nameOf.get(variant) ?? variant} wins.`);
  const failed = cells.failed + cells.cancelled;
  return [
    `${name}: ${status}, ${cells.done} runs done, ${failed} failed, $${figure(cost.runs + cost.judges)}.`,
    ...(saved.cost > 0 || saved.ms > 0
      ? [`Reused results saved $${figure(saved.cost)} and ${figure(saved.ms / 1_000)} s.`]
      : []),
    ...table([['metric', 'variant', 'mean', 'difference', '95 %', 'p', 'verdict'], ...rows]),
    ...needLines(found, nameOf),
    ...Object.entries(calibrations).map(([metric, { summary }]) => `${metric}: ${summary}`),
    ...(isFinal ? winners : ['It has not ended: differences are tested when all rows have run.']),
    ...(isFinal && winners.length === 0 && found.variants.length > 1 ? ['No variant is proved better.'] : []),
  ];
}

/** For each undecided comparison of a score or a check: how many rows would show a difference of 5 points. */
function needLines(
  { metrics, comparisons }: ExperimentResult['table'],
  nameOf: ReadonlyMap<string, string>,
): readonly string[] {
  const asked = new Set(metrics.filter(({ unit }) => unit === 'score' || unit === 'check').map(({ name }) => name));
  return comparisons.flatMap(({ metric, variant, verdict, rows, power }) =>
    verdict === 'undecided' && asked.has(metric) && (power.rowsNeeded ?? 0) > rows
      ? [
          `${metric}, ${nameOf.get(variant) ?? variant}: ${rows} rows do not decide it; about ${power.rowsNeeded} would show 5 points.`,
        ]
      : [],
  );
}

/** One row in which a variant passes and the baseline fails, or the reverse. */
export const lineOfComparison = ({ of, metric, baseline, variant, now }: ExperimentRow['changed'][number]): string =>
  `${of}: ${metric} ${figure(baseline)} → ${figure(variant)} (${now})`;
