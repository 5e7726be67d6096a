import type { CalibrationPair } from './calibration.js';
import type { EvaluatorSetup } from './evaluator.js';

/** A judge with what people said of its answers. */
export interface StoredJudge {
  readonly judge: string;
  readonly evaluator: EvaluatorSetup;
  readonly updatedAt: number;
}

/** What people said of answers that judges judged, by project and judge. */
export interface CalibrationStore {
  /** Adds pairs. A person who judges an answer again replaces what they said. */
  add(
    project: string,
    judge: { readonly judge: string; readonly evaluator: EvaluatorSetup },
    pairs: readonly CalibrationPair[],
    who: string,
  ): void;
  list(project: string): readonly StoredJudge[];
  /** Undefined for a judge that nobody compared with people. */
  find(project: string, judge: string): StoredJudge | undefined;
  pairs(project: string, judge: string): readonly CalibrationPair[];
  /** Whether there was such a judge. */
  remove(project: string, judge: string): boolean;
}
