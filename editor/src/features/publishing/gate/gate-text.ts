import type { GateFigure, GateRuleResult } from '@heddle/core';
import { formatCost } from '../../../ui/format/format-cost.js';
import { formatDuration } from '../../../ui/format/format-duration.js';
import { formatCount } from '../../../ui/format/format-money.js';

export const gateStates: Readonly<Record<GateRuleResult['state'], string>> = {
  passed: 'Passed',
  failed: 'Failed',
  running: 'Running',
  paused: 'Paused',
  'not-run': 'Not run',
  stale: 'Out of date',
  broken: 'Cannot be judged',
};

/** A figure with its limit: `0.5, at least 0.8`. */
export const figureText = ({ value, wanted, side, unit }: GateFigure): string =>
  `${value === undefined ? 'no value' : valueText(value, unit)}, ${side === 'at-least' ? 'at least' : 'at most'} ${valueText(wanted, unit)}`;

function valueText(value: number, unit: GateFigure['unit']): string {
  switch (unit) {
    case 'share':
      return `${Number((value * 100).toPrecision(4))} %`;
    case 'USD':
      return formatCost(value);
    case 'ms':
      return formatDuration(value);
    case 'tokens':
    case 'count':
      return formatCount(value);
    case 'score':
    case 'check':
      return String(Number(value.toPrecision(4)));
  }
}
