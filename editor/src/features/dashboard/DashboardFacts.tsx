import clsx from 'clsx';
import type { DashboardFigures } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount, formatSums } from '../../ui/format/format-money.js';
import { Fact } from '../../ui/tables/Fact.js';
import styles from './dashboard.module.css';

/** The totals of a period, each compared with that of the period before. */
export function DashboardFacts({
  totals,
  before,
}: {
  readonly totals: DashboardFigures;
  readonly before: DashboardFigures;
}): ReactElement {
  const saved = addMoney(totals.savedByCache, totals.savedByRouting);
  return (
    <dl className={clsx('facts', styles['dashboard-facts'])}>
      <Fact name="Runs">
        {formatCount(totals.runs)} <Change now={totals.runs} before={before.runs} />
      </Fact>
      <Fact name="Failed">
        {shareText(totals.failed, totals.runs)}
        <Before>{before.runs === 0 ? undefined : shareText(before.failed, before.runs)}</Before>
      </Fact>
      <Fact name="Duration, p95">
        {durationText(totals.p95)}
        <Before>{before.p95 === null ? undefined : durationText(before.p95)}</Before>
      </Fact>
      {totals.firstTokenP95 === null ? null : (
        <Fact name="First token, p95">
          {durationText(totals.firstTokenP95)}
          <Before>{before.firstTokenP95 === null ? undefined : durationText(before.firstTokenP95)}</Before>
        </Fact>
      )}
      {totals.calls === 0 ? null : (
        <>
          <Fact name="Tokens">
            {formatCount(totals.inputTokens)} input, {formatCount(totals.outputTokens)} output
          </Fact>
          <Fact name="Cost">
            {formatSums(totals.cost)}
            <Before>{Object.keys(before.cost).length === 0 ? undefined : formatSums(before.cost)}</Before>
          </Fact>
        </>
      )}
      {Object.values(saved).some((amount) => amount > 0) ? (
        <Fact name="Saved by caches and routing">{formatSums(saved)}</Fact>
      ) : null}
      {totals.ratings === 0 ? null : <Fact name="Good ratings">{shareText(totals.goodRatings, totals.ratings)}</Fact>}
    </dl>
  );
}

function Before({ children }: { readonly children: ReactNode }): ReactElement | null {
  return children === undefined ? null : <span className="quiet"> before: {children}</span>;
}

function Change({ now, before }: { readonly now: number; readonly before: number }): ReactElement | null {
  if (before === 0) return null;
  const change = Math.round((100 * (now - before)) / before);
  return (
    <span className="quiet">
      {change > 0 ? '+' : change < 0 ? '−' : '±'}
      {Math.abs(change)} %
    </span>
  );
}

/** A part of a whole as a percentage, with the count. */
export const shareText = (part: number, all: number): string =>
  all === 0 ? '–' : `${Math.round((1000 * part) / all) / 10} % (${formatCount(part)})`;

/** A duration, or a dash if nothing was measured. */
export const durationText = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms));

function addMoney(...sums: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const sum of sums)
    for (const [currency, amount] of Object.entries(sum)) all[currency] = (all[currency] ?? 0) + amount;
  return all;
}
