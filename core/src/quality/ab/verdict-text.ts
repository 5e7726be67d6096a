import { differenceText } from '../evaluators/figure-text.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import { abMetricInfo } from './ab-metrics.js';
import type { AbArmReply, AbTest, AbVerdict } from './ab-test.js';

/** Describes the verdict of a test in one sentence. It names a winner only if the intervals prove one. */
export function verdictOf(test: AbTest, arms: readonly AbArmReply[], winner: number | undefined): AbVerdict {
  if (test.outcome !== undefined) return { kind: 'ended', version: test.winner, text: endText(test, test.outcome) };
  const { primary, control } = test;
  if (primary === undefined) return guardVerdict(test, arms);
  const metric = abMetricInfo(primary);
  const others = arms.filter(({ version, share }) => version !== control && share > 0);
  const differenceOf = ({ version, metrics }: AbArmReply): string => {
    const found = metrics.find((one) => one.metric === metric.name);
    return `version ${version} ${rangeText(found?.differenceInterval, metric.unit)}`;
  };
  const best = arms.find(({ version }) => version === winner);
  if (best !== undefined)
    return {
      kind: 'winner',
      version: best.version,
      text: `Version ${best.version} is better than version ${control} in ${metric.title}, ${gapOf(best, metric)}. No guard is broken.`,
    };
  const fewest = Math.min(...[...others, ...arms.filter((arm) => arm.isControl)].map((arm) => callersOf(arm, metric)));
  const unit = test.sticky === 'conversation' ? 'conversations' : 'callers';
  if (fewest < test.minRuns)
    return {
      kind: 'too-early',
      text: `Too early to say: the arm with the fewest ${unit} with a value of ${metric.title} has ${fewest} of ${test.minRuns}.`,
    };
  const isWorse = others.every(({ metrics }) => metrics.find((one) => one.metric === metric.name)?.verdict === 'worse');
  const differences = others.map(differenceOf).join(', ');
  if (isWorse)
    return {
      kind: 'worse',
      version: control,
      text: `Version ${control}, the control, is better in ${metric.title}: ${differences}.`,
    };
  return { kind: 'undecided', text: `No difference in ${metric.title} is proved: ${differences}.` };
}

function guardVerdict({ minRuns }: AbTest, arms: readonly AbArmReply[]): AbVerdict {
  const [canary] = arms.filter(({ isControl }) => !isControl);
  const runs = canary?.runs ?? 0;
  if (runs === 0) return { kind: 'too-early', text: 'No run of the canary has ended yet.' };
  const count = `${runs} ${runs === 1 ? 'run has' : 'runs have'} ended`;
  if (runs < minRuns) return { kind: 'too-early', text: `${count}; guards are judged from ${minRuns} runs on.` };
  const isProved = canary?.guards.every(({ state }) => state === 'holds') === true;
  return {
    kind: 'undecided',
    text: isProved ? `${count}, and the guards hold.` : `${count}; no guard is broken, and not all are proved to hold.`,
  };
}

function endText({ winner, rollbacks, endedBy }: AbTest, outcome: NonNullable<AbTest['outcome']>): string {
  const by = endedBy === 'heddle' ? ' by its rule' : '';
  switch (outcome) {
    case 'promoted':
      return `Version ${winner} was promoted${by}: all callers got it.`;
    case 'rolled-back':
      return `Rolled back by its guards. ${rollbacks.map(({ version, reason }) => `Version ${version}: ${reason}`).join(' ')}`;
    case 'stopped':
      return 'Stopped: all callers got the control again.';
    case 'replaced':
      return 'Ended, because another version or test was made live.';
    case 'unpublished':
      return 'Ended, because the workflow was unpublished.';
  }
}

function gapOf({ metrics }: AbArmReply, { name, unit }: MetricInfo): string {
  const interval = metrics.find(({ metric }) => metric === name)?.differenceInterval;
  return interval === undefined
    ? ''
    : `by ${differenceText(interval.low, unit)} to ${differenceText(interval.high, unit)}`;
}

const callersOf = ({ metrics }: AbArmReply, { name }: MetricInfo): number =>
  metrics.find(({ metric }) => metric === name)?.callers ?? 0;

function rangeText(
  interval: { readonly low: number; readonly high: number } | undefined,
  unit: MetricInfo['unit'],
): string {
  if (interval === undefined) return 'has too few values for an interval';
  return `between ${differenceText(interval.low, unit)} and ${differenceText(interval.high, unit)}`;
}
