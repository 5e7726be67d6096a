import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { CalibrationPair } from './calibration.js';
import type { EvaluatorSetup } from './evaluator.js';

/** A judge with the pairs that compare it with people. */
export interface StoredJudge {
  readonly judge: string;
  readonly evaluator: EvaluatorSetup;
  readonly updatedAt: number;
}

/** Stores how people and judges scored the same answers, by project and judge. */
export interface CalibrationStore {
  /** Adds pairs. If the same person judges an answer again, the new score replaces the old one. */
  add(
    project: string,
    judge: { readonly judge: string; readonly evaluator: EvaluatorSetup },
    pairs: readonly CalibrationPair[],
    who: string,
  ): readonly GuardedWrite[];
  list(project: string): Promise<readonly StoredJudge[]>;
  /** Undefined if the judge was never compared with people. */
  find(project: string, judge: string): Promise<StoredJudge | undefined>;
  pairs(project: string, judge: string): Promise<readonly CalibrationPair[]>;
  /** Errors of the commit: `not_found`. */
  remove(project: string, judge: string): readonly GuardedWrite[];
}
