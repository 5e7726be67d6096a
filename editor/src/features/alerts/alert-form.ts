import type { AlertMetric, AlertRule, BurnMetric } from '@heddle/core';

/** A metric with its display name and the unit of its field. */
interface Watched {
  readonly id: AlertMetric;
  readonly title: string;
  readonly unit: '' | '%' | 's' | 'money';
}

/** Metrics for thresholds. */
export const watched: readonly Watched[] = [
  { id: 'failed-share', title: 'Failed runs, share', unit: '%' },
  { id: 'failed-runs', title: 'Failed runs', unit: '' },
  { id: 'runs', title: 'Runs', unit: '' },
  { id: 'duration-p50', title: 'Duration of a run, p50', unit: 's' },
  { id: 'duration-p95', title: 'Duration of a run, p95', unit: 's' },
  { id: 'duration-p99', title: 'Duration of a run, p99', unit: 's' },
  { id: 'first-token-p50', title: 'Time to first token, p50', unit: 's' },
  { id: 'first-token-p95', title: 'Time to first token, p95', unit: 's' },
  { id: 'calls', title: 'Model calls', unit: '' },
  { id: 'failed-call-share', title: 'Failed model calls, share', unit: '%' },
  { id: 'tokens', title: 'Tokens', unit: '' },
  { id: 'cost', title: 'Cost', unit: 'money' },
  { id: 'saved', title: 'Money saved', unit: 'money' },
  { id: 'ratings', title: 'Ratings', unit: '' },
  { id: 'bad-rating-share', title: 'Bad ratings, share', unit: '%' },
  { id: 'score', title: 'Score of a monitor, mean', unit: '' },
  { id: 'failed-score-share', title: 'Runs that fail a monitor, share', unit: '%' },
  { id: 'drifts', title: 'Kinds of drift', unit: '' },
  { id: 'ab-rollbacks', title: 'Versions rolled back by an A/B test', unit: '' },
  { id: 'ab-promotions', title: 'Winners promoted by an A/B test', unit: '' },
];

/** Whether a metric also needs the name of a monitor's metric. */
export const isScore = (metric: AlertMetric): boolean => metric === 'score' || metric === 'failed-score-share';

/** Metrics for burn rates. */
export const burning: readonly (readonly [BurnMetric, string])[] = [
  ['failed-share', 'Failed runs'],
  ['slow-share', 'Slow runs'],
  ['failed-call-share', 'Failed model calls'],
  ['slow-first-token-share', 'Calls with a slow first token'],
  ['bad-rating-share', 'Bad ratings'],
  ['cost', 'Cost'],
  ['tokens', 'Tokens'],
];

/** The form of a rule, in display units such as percent and seconds. */
export interface AlertForm {
  readonly name: string;
  readonly severity: AlertRule['severity'];
  readonly kind: 'threshold' | 'burn-rate';
  readonly metric: AlertMetric;
  /** The name of a monitor's metric. */
  readonly score: string;
  readonly is: 'above' | 'below';
  readonly value: number | undefined;
  readonly windowMinutes: number | undefined;
  readonly burnMetric: BurnMetric;
  readonly allowed: number | undefined;
  readonly slowSeconds: number | undefined;
  readonly forMinutes: number | undefined;
  readonly workflow: string;
  readonly currency: string;
  readonly channels: readonly string[];
  readonly repeatHours: number | undefined;
  readonly isEnabled: boolean;
}

/** The form of a new rule. */
export const freshForm: AlertForm = {
  ...({ name: '', severity: 'warning', kind: 'threshold', metric: 'failed-share', is: 'above', score: '' } as const),
  ...({ value: 5, windowMinutes: 15, burnMetric: 'failed-share', allowed: 1, slowSeconds: 10, forMinutes: 0 } as const),
  ...({ workflow: '', currency: 'USD', channels: [], repeatHours: 0, isEnabled: true } as const),
};

const unitOf = (metric: AlertMetric): Watched['unit'] => watched.find(({ id }) => id === metric)?.unit ?? '';
const scales: Readonly<Record<Watched['unit'], number>> = { '': 1, '%': 0.01, s: 1_000, money: 1 };
const isAmount = (metric: BurnMetric): boolean => metric === 'cost' || metric === 'tokens';

/** Converts a stored rule to the form. */
export function formOf({ name, severity, condition, ...rule }: AlertRule): AlertForm {
  const shared = {
    ...freshForm,
    name,
    severity,
    workflow: rule.filter.workflow ?? '',
    currency: rule.currency,
    channels: rule.channels,
    forMinutes: rule.forMinutes,
    repeatHours: rule.repeatHours,
    isEnabled: rule.isEnabled,
  };
  if (condition.kind === 'threshold') {
    const { metric, score = '', is, value, windowMinutes } = condition;
    return {
      ...shared,
      kind: 'threshold',
      metric,
      score,
      is,
      windowMinutes,
      value: plain(value / scales[unitOf(metric)]),
    };
  }
  const { metric, allowed, slowMs } = condition;
  return {
    ...shared,
    kind: 'burn-rate',
    burnMetric: metric,
    allowed: plain(isAmount(metric) ? allowed : allowed * 100),
    slowSeconds: slowMs === undefined ? shared.slowSeconds : slowMs / 1_000,
  };
}

/** Converts the form to a rule, which the schema then parses. Parts without a field keep their old value. */
export function ruleOf(form: AlertForm, before: AlertRule | undefined): unknown {
  const { name, severity, kind, workflow, currency, channels, isEnabled } = form;
  const kept = before?.condition;
  const { workflow: _workflow, ...filter } = before?.filter ?? {};
  const condition =
    kind === 'threshold'
      ? {
          ...(kept?.kind === 'threshold' ? kept : {}),
          kind,
          metric: form.metric,
          is: form.is,
          windowMinutes: form.windowMinutes,
          score: isScore(form.metric) ? form.score : undefined,
          value: form.value === undefined ? undefined : form.value * scales[unitOf(form.metric)],
        }
      : {
          ...(kept?.kind === 'burn-rate' ? kept : {}),
          kind,
          metric: form.burnMetric,
          allowed: allowedOf(form),
          slowMs:
            form.burnMetric.startsWith('slow-') && form.slowSeconds !== undefined
              ? form.slowSeconds * 1_000
              : undefined,
        };
  return {
    name,
    severity,
    currency,
    channels,
    isEnabled,
    condition,
    forMinutes: form.forMinutes ?? 0,
    repeatHours: form.repeatHours ?? 0,
    filter: { ...filter, ...(workflow === '' ? {} : { workflow }) },
  };
}

function allowedOf({ burnMetric, allowed }: AlertForm): number | undefined {
  return allowed === undefined || isAmount(burnMetric) ? allowed : allowed / 100;
}

/** Removes rounding errors of floating-point calculations. */
const plain = (value: number): number => Number(value.toPrecision(12));
