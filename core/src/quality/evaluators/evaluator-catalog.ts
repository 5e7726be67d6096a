import { HeddleError } from '../../errors/heddle-error.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import type { EvaluatorDefinition } from './define-evaluator.js';
import type { EvaluatorSetup, MetricInfo } from './evaluator.js';

/** An evaluator of an experiment with its parsed config and its metrics. */
export interface ReadyEvaluator {
  readonly setup: EvaluatorSetup;
  readonly definition: EvaluatorDefinition;
  readonly config: unknown;
  readonly metrics: readonly MetricInfo[];
}

interface EvaluatorCatalog {
  readonly kinds: readonly EvaluatorDefinition[];
  /** Parses the configs. Errors: `evaluator_invalid` names the evaluator and the field, or two metrics with the same name. */
  ready(setups: readonly EvaluatorSetup[]): readonly ReadyEvaluator[];
}

/** Creates a catalog of kinds. @example const catalog = createEvaluatorCatalog(pureEvaluators); */
export function createEvaluatorCatalog(kinds: readonly EvaluatorDefinition[]): EvaluatorCatalog {
  const byKind = new Map(kinds.map((definition) => [definition.kind, definition]));
  return {
    kinds,
    ready(setups) {
      const taken = new Set<string>();
      return setups.map((setup, at) => {
        const definition = byKind.get(setup.kind);
        if (definition === undefined)
          throw invalid(
            setup,
            at,
            'kind',
            `There is no kind '${setup.kind}': use one of ${[...byKind.keys()].join(', ')}.`,
          );
        const made = readyOf(definition, setup, at);
        for (const { name } of made.metrics) {
          if (taken.has(name))
            throw invalid(
              setup,
              at,
              'name',
              `Two evaluators give the metric '${name}': give one of them another name.`,
            );
          taken.add(name);
        }
        return made;
      });
    },
  };
}

function readyOf(definition: EvaluatorDefinition, setup: EvaluatorSetup, at: number): ReadyEvaluator {
  const parsed = definition.config.safeParse(setup.config);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(setup, at, ['config', ...(issue?.path ?? [])].join('.'), issue?.message ?? 'It does not fit.');
  }
  const [problem] = definition.check?.(parsed.data) ?? [];
  if (problem !== undefined) throw invalid(setup, at, `config.${problem.field}`, problem.message);
  const base = setup.name ?? setup.kind;
  const metrics = definition.metrics(parsed.data).map(({ name, ...about }) => ({
    ...about,
    name: name === undefined ? base : `${base}.${name}`,
  }));
  return { setup, definition, config: parsed.data, metrics };
}

function invalid(setup: EvaluatorSetup, at: number, field: string, message: string): HeddleError {
  const details = withoutUndefined({ evaluator: at, kind: setup.kind, name: setup.name, field });
  return new HeddleError(
    'evaluator_invalid',
    `Evaluator ${at + 1} (${setup.name ?? setup.kind}), ${field}: ${message}`,
    {
      details,
    },
  );
}
