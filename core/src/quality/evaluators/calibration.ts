import { z } from 'zod';
import { withoutUndefined } from '../../values/without-undefined.js';
import { cohensKappa, wilsonInterval } from '../statistics/index.js';
import { EvaluatorSetup } from './evaluator.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

const rowsToCalibrate = 30;

/** The scores that a judge and a person gave one answer, from 0 to 1. */
export const CalibrationPair = lazyStrictObject(() => ({
  /** The judged answer: the id of a run, or of a row of an experiment. */
  subject: z.string().min(1).max(400),
  judge: z.number().min(0).max(1),
  person: z.number().min(0).max(1),
})).meta({ id: 'CalibrationPair' });
export type CalibrationPair = z.infer<typeof CalibrationPair>;

const Range = lazyObject(() => ({ low: z.number(), high: z.number() }));

/** How well a judge agrees with people. */
export const Calibration = lazyObject(() => ({
  rows: z.int().nonnegative(),
  /** Whether there are enough rows. */
  isCalibrated: z.boolean(),
  /** The share of rows with the same level. `agreementInterval` is its 95 % interval (Wilson). */
  agreement: z.number().optional(),
  agreementInterval: Range.optional(),
  /** Cohen's kappa with its 95 % interval; missing if chance alone explains full agreement. */
  kappa: z.number().optional(),
  kappaInterval: Range.optional(),
  /** Cohen's kappa with quadratic weights: neighbouring levels count as partial agreement. */
  weightedKappa: z.number().optional(),
  levels: z.array(z.number()),
  /** Number of rows, indexed by the judge's level, then by the person's. */
  table: z.array(z.array(z.int().nonnegative())),
  summary: z.string(),
})).meta({ id: 'Calibration' });
export type Calibration = z.infer<typeof Calibration>;

/** A judge with its calibration. */
export const CalibratedJudge = lazyObject(() => ({
  /** Identifies the judge by its kind, config and prompt. If one of them changes, it is a new judge without calibration. */
  judge: z.string(),
  evaluator: EvaluatorSetup,
  updatedAt: z.number(),
  calibration: Calibration,
})).meta({ id: 'CalibratedJudge' });
export type CalibratedJudge = z.infer<typeof CalibratedJudge>;

/** Reply of `GET /api/evaluators/calibrations`. */
export const CalibrationsReply = z.object({ judges: z.array(CalibratedJudge) }).meta({ id: 'CalibrationsReply' });
export type CalibrationsReply = z.infer<typeof CalibrationsReply>;

/** Request of `POST /api/evaluators/calibrations`: scores that people gave to answers of a judge. */
export const AddCalibrationRequest = lazyStrictObject(() => ({
  evaluator: EvaluatorSetup,
  pairs: z.array(CalibrationPair).min(1).max(10_000),
})).meta({ id: 'AddCalibrationRequest' });
export type AddCalibrationRequest = z.infer<typeof AddCalibrationRequest>;

/**
 * Compares a judge with people on the same answers. Each score is rounded to the nearest of `levels` evenly spaced scores.
 *
 * @example calibrate([{ subject: 'run-1', judge: 1, person: 0.75 }], 5).isCalibrated // false
 */
export function calibrate(pairs: readonly Pick<CalibrationPair, 'judge' | 'person'>[], levels: number): Calibration {
  const table = Array.from({ length: levels }, () => Array.from({ length: levels }, () => 0));
  const levelOf = (score: number): number => Math.min(levels - 1, Math.max(0, Math.round(score * (levels - 1))));
  for (const { judge, person } of pairs) {
    const row = table[levelOf(judge)];
    const column = levelOf(person);
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  const rows = pairs.length;
  const scores = table.map((_, at) => at / (levels - 1));
  const isCalibrated = rows >= rowsToCalibrate;
  if (rows === 0) return { rows, isCalibrated, levels: scores, table, summary: summaryOf(rows) };
  const same = table.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
  const { kappa, interval } = cohensKappa(table);
  const weightedKappa = cohensKappa(table, { weights: 'quadratic' }).kappa;
  return withoutUndefined({
    rows,
    isCalibrated,
    agreement: same / rows,
    agreementInterval: wilsonInterval(same, rows),
    kappa,
    kappaInterval: interval,
    weightedKappa,
    levels: scores,
    table,
    summary: summaryOf(rows, same / rows, kappa, interval),
  });
}

function summaryOf(
  rows: number,
  agreement = 0,
  kappa?: number,
  interval?: { readonly low: number; readonly high: number },
): string {
  if (rows < rowsToCalibrate)
    return `Not calibrated: people have judged ${rows} of the ${rowsToCalibrate} rows that are needed.`;
  const two = (value: number): string => value.toFixed(2);
  const shown =
    kappa === undefined || interval === undefined
      ? 'kappa is undefined, because almost all rows have the same level'
      : `kappa ${two(kappa)} (${two(interval.low)} to ${two(interval.high)})`;
  return `It agrees with people on ${Math.round(agreement * 100)} % of ${rows} rows; ${shown}.`;
}
