import type { GateFigure, GateReport, GateRuleResult } from '@heddle/core';

const marks: Readonly<Record<GateRuleResult['state'], string>> = {
  passed: '✓',
  failed: '✗',
  running: '…',
  paused: '‖',
  'not-run': '-',
  stale: '-',
  broken: '✗',
};

/** Formats the result of a gate as lines: each rule with its figures. */
export const gateLines = ({ rules, isPassed }: GateReport): string[] =>
  rules.length === 0
    ? ['No rule of the gate applies to this workflow.']
    : [
        ...rules.flatMap(({ title, state, message, figures, experiment, replay }) => [
          `${marks[state]} ${title}: ${state}${linkOf(experiment, replay)}`,
          ...(message === undefined ? [] : [`    ${message}`]),
          ...figures.map((figure) => `    ${figure.isPassed ? '✓' : '✗'} ${figureText(figure)}`),
        ]),
        isPassed ? 'The gate passes.' : 'The gate does not pass.',
      ];

const linkOf = (experiment: string | undefined, replay: string | undefined): string =>
  experiment !== undefined ? ` [experiment ${experiment}]` : replay !== undefined ? ` [replay ${replay}]` : '';

/** Formats a figure with the value that the rule wants. */
export function figureText({ title, value, wanted, side, unit, note }: GateFigure): string {
  const has = value === undefined ? 'no value' : numberText(value, unit);
  const asked = `${side === 'at-least' ? 'at least' : 'at most'} ${numberText(wanted, unit)}`;
  return `${title}: ${has}, wanted ${asked}${note === undefined ? '' : `. ${note}`}`;
}

function numberText(value: number, unit: GateFigure['unit']): string {
  const short = Number(value.toPrecision(4));
  switch (unit) {
    case 'share':
      return `${Number((value * 100).toPrecision(4))} %`;
    case 'USD':
      return `$${short}`;
    case 'ms':
      return `${short} ms`;
    case 'tokens':
      return `${short} tokens`;
    case 'count':
    case 'score':
    case 'check':
      return String(short);
  }
}
