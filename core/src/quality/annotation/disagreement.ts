import type { Evaluation, EvaluatorSetup, MetricInfo } from '../evaluators/evaluator.js';

/** The part of an experiment that explains its values. */
interface JudgedExperiment {
  readonly evaluators: readonly EvaluatorSetup[];
  readonly metrics: readonly MetricInfo[];
}

/** Number of levels of a judge that defines none. */
const standardLevels = 5;

/**
 * Returns the largest difference between two judges' scores of one answer, each from 0 (bad) to 1 (good). The judges are the named metrics;
 * without names, the LLM judges and each model of their panels. Undefined if fewer than two gave a score.
 *
 * @example disagreementOf([{ metric: 'a', value: 1, … }, { metric: 'b', value: 0.25, … }], experiment, ['a', 'b']) // 0.75
 */
export function disagreementOf(
  evaluations: readonly Evaluation[],
  { evaluators, metrics }: JudgedExperiment,
  named: readonly string[] = [],
): number | undefined {
  const judges = new Map(
    evaluators.flatMap(({ kind, name, config }) =>
      kind === 'judge' ? [[name ?? kind, levelsOf(config)] as const] : [],
    ),
  );
  const scores = evaluations.flatMap((evaluation) => {
    const levels = judges.get(evaluation.metric);
    if (named.length > 0 ? !named.includes(evaluation.metric) : levels === undefined) return [];
    const votes = levels === undefined ? [] : votesOf(evaluation, levels);
    return votes.length > 1 ? votes : scoreOf(evaluation, metrics);
  });
  return scores.length < 2 ? undefined : Math.max(...scores) - Math.min(...scores);
}

/** Only scores and checks range from 0 to 1. */
function scoreOf({ metric, value }: Evaluation, metrics: readonly MetricInfo[]): readonly number[] {
  const info = metrics.find(({ name }) => name === metric);
  if (value === undefined || info === undefined || (info.unit !== 'score' && info.unit !== 'check')) return [];
  return [info.better === 'lower' ? 1 - value : value];
}

function levelsOf({ levels }: Readonly<Record<string, unknown>>): number {
  return Array.isArray(levels) && levels.length > 1 ? levels.length : standardLevels;
}

function votesOf({ details }: Evaluation, levels: number): readonly number[] {
  const votes: unknown = details?.['votes'];
  if (!Array.isArray(votes)) return [];
  return votes.flatMap((vote: unknown) => {
    const level: unknown = typeof vote === 'object' && vote !== null && 'level' in vote ? vote.level : undefined;
    return typeof level === 'number' && level >= 1 && level <= levels ? [(level - 1) / (levels - 1)] : [];
  });
}
