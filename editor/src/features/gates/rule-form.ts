import type { EvaluatorSetup, GateCondition, GateRule } from '@heddle/core';

/** The kinds of rules that the form offers. */
export const ruleKinds = [
  ['scores', 'Scores on a dataset'],
  ['safety', 'Safety set: every row passes'],
  ['replay', 'Replay of recorded runs'],
  ['tests', 'Tests of the workflow'],
] as const;
type RuleKind = (typeof ruleKinds)[number][0];

/** A condition as the form holds it; shares are percentages. */
export interface ConditionForm {
  readonly metric: string;
  readonly of: GateCondition['of'];
  readonly wanted: number | undefined;
  readonly passes: number | undefined;
}

/** A rule as the form holds it. Shares are percentages, and an empty field sets no limit. */
export interface RuleForm {
  readonly title: string;
  readonly kind: RuleKind;
  readonly workflows: readonly string[];
  readonly dataset: string;
  readonly split: string;
  readonly tag: string;
  readonly evaluators: readonly EvaluatorSetup[];
  readonly conditions: readonly ConditionForm[];
  readonly repeats: number | undefined;
  readonly budget: number | undefined;
  readonly runs: number | undefined;
  readonly days: number | undefined;
  readonly minRuns: number | undefined;
  readonly asksModels: boolean;
  readonly limits: Readonly<Record<ReplayLimit, number | undefined>>;
  readonly minTests: number | undefined;
}

/** The limits of a replay: the name, the label, and the factor between the form and the rule, 100 for a percentage. */
export const replayLimits = [
  ['maxRegressions', 'Runs that no longer have an answer', 1],
  ['maxChanged', 'Changed answers, %', 100],
  ['maxRerouted', 'Other routes, %', 100],
  ['maxNewDestinations', 'New destinations of data, %', 100],
  ['maxMeanCost', 'Mean cost of a run, $', 1],
  ['maxP95Cost', 'Cost of a run, 95th percentile, $', 1],
  ['maxCostRise', 'More expensive than before by, %', 100],
  ['maxTimeRise', 'Slower than before by, %', 100],
] as const;
type ReplayLimit = (typeof replayLimits)[number][0];

export const freshCondition: ConditionForm = { metric: 'exact', of: 'mean', wanted: 0.8, passes: 0.5 };
const noLimits: RuleForm['limits'] = {
  maxRegressions: 0,
  maxChanged: undefined,
  maxRerouted: undefined,
  maxNewDestinations: 0,
  maxMeanCost: undefined,
  maxP95Cost: undefined,
  maxCostRise: undefined,
  maxTimeRise: undefined,
};

/** The form of a new rule. */
export const freshRule: RuleForm = {
  title: '',
  kind: 'scores',
  workflows: [],
  dataset: '',
  split: '',
  tag: '',
  evaluators: [{ kind: 'exact', config: {} }],
  conditions: [freshCondition],
  repeats: 1,
  budget: undefined,
  runs: 100,
  days: undefined,
  minRuns: 1,
  asksModels: true,
  limits: noLimits,
  minTests: 1,
};

/** The fields that change when the user chooses another kind of rule. */
export function startOf(kind: RuleKind): Partial<RuleForm> {
  switch (kind) {
    case 'scores':
      return { kind, evaluators: freshRule.evaluators, conditions: freshRule.conditions };
    case 'safety':
      return {
        kind,
        evaluators: [
          { kind: 'refusal', config: {} },
          { kind: 'pii', config: {} },
        ],
        conditions: [{ metric: 'pii', of: 'every-row', wanted: 1, passes: 0.5 }],
      };
    case 'replay':
    case 'tests':
      return { kind };
  }
}

const plain = (value: number): number => Number(value.toPrecision(12));
/** A percentage as a share from 0 to 1. */
const share = (percent: number | undefined): number | undefined =>
  percent === undefined ? undefined : plain(percent / 100);

export function formOf(rule: GateRule): RuleForm {
  const shared = { ...freshRule, title: rule.title, workflows: rule.workflows };
  switch (rule.kind) {
    case 'dataset': {
      const { dataset, split = '', tag = '', evaluators, repeats, budget } = rule;
      const conditions = rule.conditions.map(({ wanted, ...condition }) => ({
        ...condition,
        wanted: condition.of === 'pass-rate' ? plain(wanted * 100) : wanted,
      }));
      const kind = conditions.every(({ of }) => of === 'every-row') ? 'safety' : 'scores';
      return { ...shared, kind, dataset, split, tag, evaluators, conditions, repeats, budget };
    }
    case 'replay': {
      const { runs, days, minRuns, models: asksModels, budget } = rule;
      const limits = Object.fromEntries(
        replayLimits.map(([limit, , scale]) => {
          const value = rule[limit];
          return [limit, value === undefined ? undefined : plain(value * scale)];
        }),
      ) as RuleForm['limits']; // `replayLimits` lists every limit
      return { ...shared, kind: 'replay', runs, days, minRuns, asksModels, limits, budget };
    }
    case 'tests':
      return { ...shared, kind: 'tests', minTests: rule.minTests };
  }
}

/** The rule of a form, not yet validated by the schema. */
export function ruleOf(form: RuleForm, id: string): unknown {
  const { title, kind, workflows, budget } = form;
  const about = { id, title: title.trim(), workflows };
  const textOf = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());
  switch (kind) {
    case 'scores':
    case 'safety': {
      const { dataset, split, tag, evaluators, conditions, repeats } = form;
      return {
        kind: 'dataset',
        ...about,
        dataset,
        split: textOf(split),
        tag: textOf(tag),
        evaluators,
        repeats,
        budget,
        conditions: conditions.map(({ metric, of, wanted, passes }) => ({
          metric: metric.trim(),
          of,
          passes,
          wanted: of === 'pass-rate' ? share(wanted) : wanted,
        })),
      };
    }
    case 'replay': {
      const { runs, days, minRuns, asksModels, limits } = form;
      const scaled = replayLimits.map(([limit, , scale]) => {
        const value = limits[limit];
        return [limit, value === undefined ? undefined : plain(value / scale)];
      });
      return { kind, ...about, runs, days, minRuns, models: asksModels, budget, ...Object.fromEntries(scaled) };
    }
    case 'tests':
      return { kind, ...about, minTests: form.minTests };
  }
}

/** Makes a free id from the title of a rule. */
export function idFor(title: string, others: readonly Pick<GateRule, 'id'>[]): string {
  const named = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '');
  const base = named === '' ? 'rule' : named;
  const taken = new Set(others.map(({ id }) => id));
  let number = 2;
  if (!taken.has(base)) return base;
  while (taken.has(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}
