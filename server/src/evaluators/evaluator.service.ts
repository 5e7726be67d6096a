import {
  createEvaluatorCatalog,
  evaluateOne,
  jsonSchemaOf,
  withoutUndefined,
  type Evaluation,
  type EvaluationScope,
  type EvaluationSubject,
  type EvaluatorCatalog,
  type EvaluatorDefinition,
  type EvaluatorKind,
  type Evaluators,
  type EvaluatorSetup,
  type MetricInfo,
  type NodeReference,
  type ReadyEvaluator,
} from '@heddle/core';
import { checkModel } from '../authority/authorised-resources.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { evaluatorKinds } from './kinds/index.js';
import { openEvaluation, type EvaluationSources } from './open-evaluation.js';
import { judgeWorkflow } from './run-judge.js';

/** What the service works with. */
export interface EvaluatorSources extends EvaluationSources {
  readonly grants: Pick<ProjectGrants, 'has'>;
}

type Caller = Pick<EvaluationScope, 'project' | 'principal'>;

/** Judges answers: by checks, metrics, models, code and workflows. */
export class EvaluatorService implements Evaluators {
  private readonly catalog: EvaluatorCatalog;

  constructor(
    private readonly sources: EvaluatorSources,
    kinds: readonly EvaluatorDefinition[] = evaluatorKinds,
  ) {
    this.catalog = createEvaluatorCatalog(kinds);
  }

  /** The kinds, for lists and forms. */
  kinds(): readonly EvaluatorKind[] {
    return this.catalog.kinds.map(describe);
  }

  /** Errors: `evaluator_invalid`, `forbidden`, and those of models and workflows that the caller may not use. */
  async check(setups: readonly EvaluatorSetup[], caller: Caller): Promise<void> {
    for (const evaluator of this.catalog.ready(setups)) await this.checkRights(evaluator, caller);
  }

  metricsOf(setups: readonly EvaluatorSetup[]): readonly MetricInfo[] {
    return this.catalog.ready(setups).flatMap(({ metrics }) => metrics);
  }

  async evaluate(
    setups: readonly EvaluatorSetup[],
    subject: EvaluationSubject,
    scope: EvaluationScope,
  ): Promise<readonly Evaluation[]> {
    const ready = this.catalog.ready(setups);
    const open = openEvaluation(this.sources, subject, scope);
    const evaluations = await Promise.all(
      ready.map(async (evaluator) => {
        const { context, meter, close } = open(evaluator.setup.name ?? evaluator.setup.kind);
        // Rights are asked for each answer: what was revoked meanwhile counts at once.
        const guarded = { ...evaluator, definition: withRights(evaluator, () => this.checkRights(evaluator, scope)) };
        try {
          return await evaluateOne(guarded, subject, context, meter);
        } finally {
          await close();
        }
      }),
    );
    return evaluations.flat();
  }

  /** The embedding of a text of a subject, by the rules for evaluators: rights, labels, guards and records. Errors: those of the model. */
  async embed(
    model: string,
    text: string,
    subject: EvaluationSubject,
    scope: EvaluationScope,
  ): Promise<Float32Array | undefined> {
    this.checkModels([model], scope);
    const { context, close } = openEvaluation(this.sources, subject, scope)('drift');
    try {
      const embedder = await context.use('embedder', model);
      const [vector] = await embedder.embed([text], { kind: 'passage', signal: context.signal });
      return vector;
    } finally {
      await close();
    }
  }

  private checkModels(models: readonly string[], { project, principal }: Caller): void {
    if (models.length === 0) return;
    checkAccess(principal, 'run:document', { kind: 'run', project }, this.sources.clock);
    for (const model of models)
      checkModel({ mayUse: (kind, name) => this.sources.grants.has(project, kind, name) }, model);
  }

  /** Models cost money: using them needs the right to run a document of one's own, which could use them too. */
  private async checkRights({ definition, config }: ReadyEvaluator, { project, principal }: Caller): Promise<void> {
    const references = definition.references?.(config) ?? [];
    const models = references.filter(isModel).map(({ id }) => id);
    this.checkModels(models, { project, principal });
    for (const { kind, id } of references)
      if (kind === 'workflow') await judgeWorkflow(this.sources.runs, id, { project, principal });
  }
}

const isModel = ({ kind }: NodeReference): boolean => kind === 'model' || kind === 'embedder' || kind === 'classifier';

function withRights({ definition }: ReadyEvaluator, check: () => Promise<void>): EvaluatorDefinition {
  if (definition.references === undefined) return definition;
  return {
    ...definition,
    evaluate: async (...of) => {
      await check();
      return definition.evaluate(...of);
    },
  };
}

function describe(definition: EvaluatorDefinition): EvaluatorKind {
  const { kind, title, about, source, needs, config } = definition;
  const filled = config.safeParse({});
  const metrics = filled.success ? definition.metrics(filled.data) : [];
  return withoutUndefined({
    ...{ kind, title, about, source, needs: [...needs], config: jsonSchemaOf(config) },
    // A config is an object: each kind declares one.
    defaults: filled.success ? { ...(filled.data as Readonly<Record<string, unknown>>) } : {},
    metrics: metrics.map(({ name, ...info }) => ({ ...info, name: name === undefined ? kind : `${kind}.${name}` })),
    usesModel: definition.references !== undefined && kind !== 'workflow',
  });
}
