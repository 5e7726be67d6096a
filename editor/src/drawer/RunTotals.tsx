import type { ReactElement } from 'react';
import { formatCost } from '../format/format-cost.js';
import { useTotals } from '../run/use-run.js';

/** What the run's models read, wrote and cost so far; nothing where no model ran. */
export function RunTotals(): ReactElement | null {
  const totals = useTotals();
  if (totals === undefined || (totals.inputTokens === 0 && totals.outputTokens === 0)) return null;
  return (
    <span className="drawer-totals figure quiet" title="Tokens read → written, and what they cost">
      {totals.inputTokens.toLocaleString('en')} → {totals.outputTokens.toLocaleString('en')} tokens ·{' '}
      {formatCost(totals.cost)}
    </span>
  );
}
