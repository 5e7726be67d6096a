import type { GateCondition, GateRule } from '@heddle/core';
import { replayLimits } from './rule-form.js';

/** The ways in which a condition judges the rows. */
export const conditionWays: readonly (readonly [GateCondition['of'], string])[] = [
  ['mean', 'Mean'],
  ['p95', '95th percentile'],
  ['pass-rate', 'Rows that pass, %'],
  ['every-row', 'Every row'],
  ['not-worse', 'Not worse than live, by'],
];

const number = (value: number): string => String(Number(value.toPrecision(4)));

function conditionText({ metric, of, wanted }: GateCondition): string {
  switch (of) {
    case 'mean':
      return `${metric}: mean ${number(wanted)} or better`;
    case 'p95':
      return `${metric}: 95th percentile ${number(wanted)} or better`;
    case 'pass-rate':
      return `${metric}: at least ${number(wanted * 100)} % of the rows pass`;
    case 'every-row':
      return `${metric}: ${number(wanted)} or better in every row`;
    case 'not-worse':
      return `${metric}: not worse than the live version by more than ${number(wanted)}`;
  }
}

/** The requirement of a rule as text. */
export function ruleText(rule: GateRule, datasetName: string | undefined): string {
  switch (rule.kind) {
    case 'dataset':
      return `On ${datasetName ?? 'a deleted dataset'}: ${rule.conditions.map(conditionText).join('; ')}`;
    case 'replay': {
      const limits = replayLimits.flatMap(([limit, title, scale]) => {
        const value = rule[limit];
        return value === undefined
          ? []
          : [`${title.replace(/, [%$]$/, '')} at most ${number(value * scale)}${unitOf(title)}`];
      });
      return `Replay of ${rule.runs} runs of the live version: ${limits.join('; ')}`;
    }
    case 'tests':
      return rule.minTests === 1
        ? 'At least 1 test, and every test passes'
        : `At least ${rule.minTests} tests, and every test passes`;
  }
}

const unitOf = (title: string): string => (title.endsWith('%') ? ' %' : title.endsWith('$') ? ' $' : '');
