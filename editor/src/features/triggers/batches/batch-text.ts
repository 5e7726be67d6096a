import type { BatchCounts, BatchPreview, BatchReply } from '@heddle/core';
import { formatCost } from '../../../ui/format/format-cost.js';

export const totalOf = ({ waiting, running, done, failed, cancelled }: BatchCounts): number =>
  waiting + running + done + failed + cancelled;

/** The number of rows by status: `47 done, 3 failed of 50`. */
export function countsText(rows: BatchCounts): string {
  const { done, running, waiting, failed, cancelled } = rows;
  const parts = Object.entries({ running, waiting, failed, cancelled }).filter(([, count]) => count > 0);
  const text = [
    `${done.toLocaleString('en')} done`,
    ...parts.map(([name, count]) => `${count.toLocaleString('en')} ${name}`),
  ];
  return `${text.join(', ')} of ${totalOf(rows).toLocaleString('en')}`;
}

/** The segments of the progress bar in their order. */
export function shares(rows: BatchCounts): readonly { readonly status: keyof BatchCounts; readonly share: number }[] {
  const total = totalOf(rows);
  if (total === 0) return [];
  return (['done', 'failed', 'cancelled', 'running'] as const).flatMap((status) =>
    rows[status] === 0 ? [] : [{ status, share: rows[status] / total }],
  );
}

export function stateText({ status, rows }: BatchReply): string {
  switch (status) {
    case 'running':
      return 'Running';
    case 'paused':
      return rows.running > 0 ? 'Pausing: running rows finish' : 'Paused';
    case 'cancelled':
      return rows.running > 0 ? 'Cancelling' : 'Cancelled';
    case 'done':
      return rows.failed > 0 ? `Done, ${rows.failed === 1 ? '1 row' : `${rows.failed} rows`} failed` : 'Done';
  }
}

/** The cost so far with the budget; undefined without either. */
export function formatSums({ cost, budget }: Pick<BatchReply, 'cost' | 'budget'>): string | undefined {
  if (budget === undefined) return cost === 0 ? undefined : formatCost(cost);
  return `${cost === 0 ? '$0' : formatCost(cost)} of $${budget}`;
}

const shownNumbers = 5;

/** Groups rows by their error message. */
export function problemLines(
  problems: BatchPreview['problems'],
): readonly { readonly rows: string; readonly message: string }[] {
  const byMessage = new Map<string, number[]>();
  for (const { row, message } of problems) byMessage.set(message, [...(byMessage.get(message) ?? []), row]);
  return [...byMessage].map(([message, rows]) => {
    const shown = rows.slice(0, shownNumbers).join(', ');
    const more = rows.length > shownNumbers ? ' and more' : '';
    return { message, rows: `${rows.length === 1 ? 'Row' : 'Rows'} ${shown}${more}` };
  });
}
