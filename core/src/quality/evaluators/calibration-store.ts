import type { GuardedWrite } from '../../ports/database/guarded-write.js';
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
  ): readonly GuardedWrite[];
  list(project: string): Promise<readonly StoredJudge[]>;
  /** Undefined for a judge that nobody compared with people. */
  find(project: string, judge: string): Promise<StoredJudge | undefined>;
  pairs(project: string, judge: string): Promise<readonly CalibrationPair[]>;
  /** Errors of the commit: `not_found`. */
  remove(project: string, judge: string): readonly GuardedWrite[];
}
