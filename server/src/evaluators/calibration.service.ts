import {
  calibrate,
  canonicalJson,
  createEvaluatorCatalog,
  HeddleError,
  type Audit,
  type AuditActor,
  type Calibration,
  type CalibratedJudge,
  type CalibrationPair,
  type CalibrationStore,
  type EvaluatorSetup,
  type ReadyEvaluator,
} from '@heddle/core';
import { contentHash } from '../calls/content-hash.js';
import { evaluatorKinds } from './kinds/index.js';

/** Levels of a score without levels of its own. */
const usualLevels = 5;

/** How far judges agree with people, by project. */
export class CalibrationService {
  private readonly catalog = createEvaluatorCatalog(evaluatorKinds);

  constructor(
    private readonly store: CalibrationStore,
    private readonly audit: Audit,
  ) {}

  /** Names what an evaluator does: its kind, its whole config, its prompt, its output. Errors: `evaluator_invalid`. */
  judgeOf(setup: EvaluatorSetup): string {
    const { definition, config } = this.ready(setup);
    const { kind, version = 1 } = definition;
    return contentHash(canonicalJson({ kind, version, config, output: setup.output ?? null })).slice('sha256:'.length);
  }

  /** Errors: `evaluator_invalid`. */
  of(project: string, setup: EvaluatorSetup): Calibration {
    return calibrate(this.store.pairs(project, this.judgeOf(setup)), levelsOf(this.ready(setup)));
  }

  list(project: string): readonly CalibratedJudge[] {
    return this.store.list(project).map((stored) => ({ ...stored, calibration: this.of(project, stored.evaluator) }));
  }

  /**
   * Adds what a person said of answers that a judge judged: by hand, or from annotations. A person who judges an answer again replaces what they
   * said. Errors: `evaluator_invalid`.
   */
  async add(
    project: string,
    evaluator: EvaluatorSetup,
    pairs: readonly CalibrationPair[],
    by: AuditActor,
  ): Promise<CalibratedJudge> {
    const judge = this.judgeOf(evaluator);
    const details = { step: 'compared with people', pairs: pairs.length } as const;
    await this.audit.write({ kind: 'feedback', ...by, subject: `judge:${judge}`, details }, () =>
      this.store.add(project, { judge, evaluator }, pairs, by.who),
    );
    const updatedAt = this.store.find(project, judge)?.updatedAt ?? 0;
    return { judge, evaluator, updatedAt, calibration: this.of(project, evaluator) };
  }

  /** Errors: `not_found`. */
  async remove(project: string, judge: string, by: AuditActor): Promise<void> {
    if (this.store.find(project, judge) === undefined)
      throw new HeddleError('not_found', `There is no calibration of a judge '${judge}' in this project.`);
    const details = { step: 'calibration removed' } as const;
    await this.audit.write({ kind: 'feedback', ...by, subject: `judge:${judge}`, details }, () => {
      this.store.remove(project, judge);
    });
  }

  private ready(setup: EvaluatorSetup): ReadyEvaluator {
    const [ready] = this.catalog.ready([setup]);
    if (ready === undefined) throw new HeddleError('internal', 'A catalog lost an evaluator.');
    return ready;
  }
}

function levelsOf({ definition, config, metrics }: ReadyEvaluator): number {
  return definition.levels?.(config) ?? (metrics[0]?.unit === 'check' ? 2 : usualLevels);
}
