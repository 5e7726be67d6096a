import clsx from 'clsx';
import type { ReactElement } from 'react';
import { formatCost } from '../../ui/format/format-cost.js';
import { useTotals } from '../run/index.js';
import styles from './run-drawer.module.css';

/** The tokens and cost of the run's models so far. Renders nothing if no model has run. */
export function RunTotals(): ReactElement | null {
  const totals = useTotals();
  if (totals === undefined || (totals.inputTokens === 0 && totals.outputTokens === 0)) return null;
  return (
    <span
      className={clsx(styles['drawer-totals'], 'truncate figure quiet')}
      data-tip="Input → output tokens, and their cost"
    >
      {totals.inputTokens.toLocaleString('en')} → {totals.outputTokens.toLocaleString('en')} tokens ·{' '}
      {formatCost(totals.cost)}
    </span>
  );
}
