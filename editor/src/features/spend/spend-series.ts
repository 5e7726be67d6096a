import type { SpendRow } from '../../data/api/reply-parts.js';
import { formatCount, formatMoney } from '../../ui/format/format-money.js';

const dayMs = 86_400_000;

export type Measure = 'money' | 'tokens' | 'calls';

export interface DayValue {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly value: number;
}

/**
 * The totals of one name. Amounts are separate for each currency, because a model can have prices in several; calls without a price have no
 * amount.
 */
interface SpendLine {
  readonly name: string;
  readonly money: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** The amounts that prompt caches of providers saved, by currency. */
  readonly cacheSaved: Readonly<Record<string, number>>;
  /** The number of calls that provider batches answered; `batchSaved` is what that saved, by currency. */
  readonly batched: number;
  readonly batchSaved: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** The currencies of rows. The one with the highest total comes first. */
export function currenciesOf(rows: readonly SpendRow[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const { currency, money } of rows) if (currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + money);
  return [...sums].sort((a, b) => b[1] - a[1]).map(([currency]) => currency);
}

/** A value for each day of a period, including days without a call. */
export function dailySeries(
  rows: readonly SpendRow[],
  span: { readonly from: number; readonly to: number },
  measure: Measure,
  currency: string | undefined,
): readonly DayValue[] {
  const values = new Map<string, number>();
  for (const row of rows) values.set(row.name, (values.get(row.name) ?? 0) + valueOf(row, measure, currency));
  const days: DayValue[] = [];
  for (let at = startOfDay(span.from); at < span.to; at += dayMs) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push({ day, value: values.get(day) ?? 0 });
  }
  return days;
}

/** Adds up rows with the same name. The line with the highest amount comes first. */
export function spendLines(rows: readonly SpendRow[]): readonly SpendLine[] {
  const lines = new Map<string, SpendLine>();
  for (const row of rows) {
    const { name, currency, money, cacheSaved, batchSaved } = row;
    const before = lines.get(name);
    lines.set(name, {
      name,
      money: added(before?.money, currency, money),
      calls: (before?.calls ?? 0) + row.calls,
      failed: (before?.failed ?? 0) + row.failed,
      inputTokens: (before?.inputTokens ?? 0) + row.inputTokens,
      outputTokens: (before?.outputTokens ?? 0) + row.outputTokens,
      cachedTokens: (before?.cachedTokens ?? 0) + row.cachedTokens,
      cacheSaved: added(before?.cacheSaved, cacheSaved === 0 ? null : currency, cacheSaved),
      batched: (before?.batched ?? 0) + row.batched,
      batchSaved: added(before?.batchSaved, batchSaved === 0 ? null : currency, batchSaved),
      seconds: (before?.seconds ?? 0) + row.seconds,
    });
  }
  return [...lines.values()].sort((a, b) => most(b) - most(a) || b.calls - a.calls);
}

/** Amounts by currency. */
type Sums = Readonly<Record<string, number>>;

function added(sums: Sums | undefined, currency: string | null, more: number): Sums {
  return currency === null ? (sums ?? {}) : { ...sums, [currency]: (sums?.[currency] ?? 0) + more };
}

/** The totals of all lines, for the figures above the chart. */
export function totalOf(lines: readonly SpendLine[]): Omit<SpendLine, 'name'> {
  const sums = (of: (line: SpendLine) => Sums): Sums =>
    lines.flatMap((line) => Object.entries(of(line))).reduce<Sums>((all, [name, more]) => added(all, name, more), {});
  const sum = (of: (line: SpendLine) => number): number => lines.reduce((total, line) => total + of(line), 0);
  return {
    money: sums(({ money }) => money),
    cacheSaved: sums(({ cacheSaved }) => cacheSaved),
    batched: sum(({ batched }) => batched),
    batchSaved: sums(({ batchSaved }) => batchSaved),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    seconds: sum(({ seconds }) => seconds),
  };
}

/** A value of the chart with its unit. */
export function measureText(value: number, measure: Measure, currency: string | undefined): string {
  if (measure === 'money') return formatMoney(value, currency ?? 'USD');
  return `${formatCount(value)} ${measure}`;
}

/** The scale of the chart: a round number at or above the largest value, and the values of its lines. */
export function scaleOf(largest: number): { readonly top: number; readonly ticks: readonly number[] } {
  if (largest <= 0) return { top: 1, ticks: [] };
  const power = 10 ** Math.floor(Math.log10(largest));
  const top = ([1, 2, 2.5, 5, 10].find((step) => step * power >= largest * 0.999) ?? 10) * power;
  return { top, ticks: [top / 2, top] };
}

function valueOf(row: SpendRow, measure: Measure, currency: string | undefined): number {
  if (measure === 'money') return row.currency !== null && row.currency === currency ? row.money : 0;
  return measure === 'calls' ? row.calls : row.inputTokens + row.outputTokens;
}

const most = (line: SpendLine): number => Math.max(0, ...Object.values(line.money));

export function startOfDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}
