import {
  createEvaluatorCatalog,
  evaluateOne,
  joinLabels,
  jsonSchemaOf,
  labelOf,
  withoutUndefined,
  type Evaluation,
  type EvaluationScope,
  type EvaluationSubject,
  type EvaluatorDefinition,
  type EvaluatorKind,
  type Evaluators,
  type Label,
  type EvaluatorSetup,
  type MetricInfo,
  type NodeReference,
  type ReadyEvaluator,
} from '@heddle/core';
import { checkModel } from '../authority/authorised-resources.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { evaluatorKinds } from './kinds/index.js';
import { openEvaluation, type EvaluationSources, type OpenEvaluator } from './open-evaluation.js';
import { judgeWorkflow } from './run-judge.js';

interface EvaluatorSources extends EvaluationSources {
  readonly grants: Pick<ProjectGrants, 'has'>;
}

type Caller = Pick<EvaluationScope, 'project' | 'principal'>;

/** Judges answers: by checks, metrics, models, code and workflows. */
export class EvaluatorService implements Evaluators {
  private readonly catalog = createEvaluatorCatalog(evaluatorKinds);

  constructor(private readonly sources: EvaluatorSources) {}

  /** The kinds of evaluators, for lists and forms. */
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
        // Rights are checked for each answer, so that a revoked right counts at once.
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

  /**
   * Embeds texts with an embedding model, with the rights, clearances and budgets of an evaluation. The vectors are in the order of the
   * texts. Errors: those of the model, and `label_refused`.
   */
  async embed(
    texts: readonly { readonly text: string; readonly label: Label }[],
    model: string,
    scope: EvaluationScope,
  ): Promise<readonly Float32Array[]> {
    this.checkModels([model], scope);
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += textsAtOnce) {
      const part = texts.slice(from, from + textsAtOnce);
      const label = part.reduce((joined, one) => joinLabels(joined, one.label), labelOf('public'));
      const { context, close } = this.open('embedding', label, scope);
      try {
        const embedder = await context.use('embedder', model);
        const texts = part.map(({ text }) => text);
        vectors.push(...(await embedder.embed(texts, { kind: 'query', signal: context.signal })));
      } finally {
        await close();
      }
    }
    return vectors;
  }

  /** Lets another feature use models on a labelled text as a judge does, with the same clearances, budgets and records. */
  open(name: string, label: Label, scope: EvaluationScope): OpenEvaluator {
    const empty = { inputs: {}, outputs: {}, passages: [], toolCalls: [], ms: 0, cost: 0, tokens: 0 };
    return openEvaluation(this.sources, { ...empty, label }, scope)(name);
  }

  /**
   * Checks that the caller may use these models. Models cost money, so this needs the right to run documents of one's own, which could use
   * them too. Errors: `forbidden`, `model_unknown`, `connection_not_found`.
   */
  checkModels(ids: readonly string[], { project, principal }: Caller): void {
    checkAccess(principal, 'run:document', { kind: 'run', project }, this.sources.clock);
    for (const id of ids) checkModel({ mayUse: (kind, name) => this.sources.grants.has(project, kind, name) }, id);
  }

  private async checkRights({ definition, config }: ReadyEvaluator, { project, principal }: Caller): Promise<void> {
    const references = definition.references?.(config) ?? [];
    const models = references.filter(isModel).map(({ id }) => id);
    if (models.length > 0) this.checkModels(models, { project, principal });
    for (const { kind, id } of references)
      if (kind === 'workflow') await judgeWorkflow(this.sources.runs, id, { project, principal });
  }
}

/** How many texts are embedded in one call. */
const textsAtOnce = 64;

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
    kind,
    title,
    about,
    source,
    needs: [...needs],
    config: jsonSchemaOf(config),
    // The config of every kind is declared as an object.
    defaults: filled.success ? { ...(filled.data as Readonly<Record<string, unknown>>) } : {},
    metrics: metrics.map(({ name, ...info }) => ({ ...info, name: name === undefined ? kind : `${kind}.${name}` })),
    usesModel: definition.references !== undefined && kind !== 'workflow',
  });
}
