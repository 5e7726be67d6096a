import type { RunSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { triggerText } from '../run/index.js';

/** The time, trigger, duration and usage of a run. */
export function RunFigures({ summary }: { readonly summary: RunSummary }): ReactElement {
  const { acceptedAt, startedAt, endedAt, trigger, inputTokens, outputTokens, cost } = summary;
  const parts = [
    new Date(acceptedAt).toLocaleString(),
    triggerText[trigger],
    startedAt === undefined || endedAt === undefined ? '' : formatDuration(endedAt - startedAt),
    inputTokens + outputTokens === 0 ? '' : `${inputTokens} → ${outputTokens} tokens, ${formatCost(cost)}`,
  ];
  return <p className="quiet figure">{parts.filter((part) => part !== '').join(' · ')}</p>;
}
