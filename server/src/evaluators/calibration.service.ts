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

/** The number of levels to assume for a score that does not define levels. */
const usualLevels = 5;

/** How far judges agree with people, by project. */
export class CalibrationService {
  private readonly catalog = createEvaluatorCatalog(evaluatorKinds);

  constructor(
    private readonly store: CalibrationStore,
    private readonly audit: Pick<Audit, 'commit'>,
  ) {}

  /** An id for what an evaluator does: a hash of its kind, its version, its whole config and its output. Errors: `evaluator_invalid`. */
  judgeOf(setup: EvaluatorSetup): string {
    const { definition, config } = this.ready(setup);
    const { kind, version = 1 } = definition;
    return contentHash(canonicalJson({ kind, version, config, output: setup.output ?? null })).slice('sha256:'.length);
  }

  /** Errors: `evaluator_invalid`. */
  async of(project: string, setup: EvaluatorSetup): Promise<Calibration> {
    return calibrate(await this.store.pairs(project, this.judgeOf(setup)), levelsOf(this.ready(setup)));
  }

  /** How far the LLM judges among the evaluators agree with people, by the name of their metric. Errors: `evaluator_invalid`. */
  async byMetric(project: string, setups: readonly EvaluatorSetup[]): Promise<Record<string, Calibration>> {
    const judges = setups.filter(isJudge);
    const named = judges.map(async (setup) => [setup.name ?? setup.kind, await this.of(project, setup)] as const);
    return Object.fromEntries(await Promise.all(named));
  }

  async list(project: string): Promise<readonly CalibratedJudge[]> {
    const judges = await this.store.list(project);
    return Promise.all(
      judges.map(async (stored) => ({ ...stored, calibration: await this.of(project, stored.evaluator) })),
    );
  }

  /**
   * Adds the caller's own verdicts on answers that a judge judged. A second verdict on an answer replaces the first. Errors:
   * `evaluator_invalid`.
   */
  add(
    project: string,
    evaluator: EvaluatorSetup,
    pairs: readonly CalibrationPair[],
    by: AuditActor,
  ): Promise<CalibratedJudge> {
    return this.addOf(project, evaluator, new Map([[by.who, pairs]]), by);
  }

  /** As `add`, with the verdicts of several people, by person. */
  async addOf(
    project: string,
    evaluator: EvaluatorSetup,
    said: ReadonlyMap<string, readonly CalibrationPair[]>,
    by: AuditActor,
  ): Promise<CalibratedJudge> {
    const judge = this.judgeOf(evaluator);
    const count = [...said.values()].reduce((sum, pairs) => sum + pairs.length, 0);
    const details = { step: 'compared with people', pairs: count } as const;
    await this.audit.commit(
      { kind: 'feedback', ...by, subject: `judge:${judge}`, details },
      [...said].flatMap(([who, pairs]) => this.store.add(project, { judge, evaluator }, pairs, who)),
    );
    const updatedAt = (await this.store.find(project, judge))?.updatedAt ?? 0;
    return { judge, evaluator, updatedAt, calibration: await this.of(project, evaluator) };
  }

  /** Errors: `not_found`. */
  async remove(project: string, judge: string, by: AuditActor): Promise<void> {
    const details = { step: 'calibration removed' } as const;
    const writes = this.store.remove(project, judge);
    await this.audit.commit({ kind: 'feedback', ...by, subject: `judge:${judge}`, details }, writes);
  }

  private ready(setup: EvaluatorSetup): ReadyEvaluator {
    const [ready] = this.catalog.ready([setup]);
    if (ready === undefined) throw new HeddleError('internal', 'A catalog lost an evaluator.');
    return ready;
  }
}

/** Whether an evaluator asks a model to judge an answer. */
export const isJudge = ({ kind }: EvaluatorSetup): boolean => kind === 'judge' || kind === 'judge-pair';

function levelsOf({ definition, config, metrics }: ReadyEvaluator): number {
  return definition.levels?.(config) ?? (metrics[0]?.unit === 'check' ? 2 : usualLevels);
}
