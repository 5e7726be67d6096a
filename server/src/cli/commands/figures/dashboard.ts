import { HeddleError, type DashboardDimension, type DashboardFigures, type DashboardReply } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readTime } from '../../read-time.js';
import { timeOf } from '../channels/channels.js';
import { withClient } from '../context.js';
import type { JsonOption } from '../parse-argument.js';

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

interface DashboardOptions extends JsonOption {
  readonly since: string;
  readonly until?: string;
  readonly workflow?: string;
  readonly of?: number;
  readonly model?: string;
  readonly key?: string;
  readonly channel?: string;
  readonly by: DashboardDimension;
  readonly csv?: 'series' | 'errors' | 'scores' | DashboardDimension;
}

/** `heddle dashboard`. */
export async function showDashboard(options: DashboardOptions, command: Command): Promise<void> {
  const { since, until, workflow, of: version, model, key, channel, by, csv, json } = options;
  const to = readTime(until, '--until');
  const from = startOfPeriod(since, to ?? Date.now());
  const query = { from, to, workflow, version, model, key, channel };
  if (csv !== undefined) {
    const text = await withClient(command, ({ api }) =>
      api.GET('/api/dashboard/export', { params: { query: { ...query, table: csv } }, parseAs: 'text' }),
    );
    process.stdout.write(typeof text === 'string' ? text : '');
    return;
  }
  const reply = await withClient(command, ({ api }) => api.GET('/api/dashboard', { params: { query } }));
  if (json === true) printJson(reply);
  else printReply(reply, by);
}

/** The start of a period, given as a duration before its end or as a date. Errors: `usage`. */
export function startOfPeriod(since: string, end: number): number {
  const [, amount, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(since.trim()) ?? [];
  const length = units[unit];
  if (amount !== undefined && length !== undefined && Number(amount) > 0) return end - Number(amount) * length;
  if (!/^\d{4}-/.test(since))
    throw new HeddleError(
      'usage',
      `--since takes a duration, such as 24h or 7d, or a date, not '${since.slice(0, 40)}'.`,
    );
  return readTime(since, '--since') ?? end;
}

function printReply(
  { from, to, totals, before, groups, errors, waiting }: DashboardReply,
  by: DashboardDimension,
): void {
  print(`${timeOf(from)} to ${timeOf(to)}`);
  print(
    ...table([
      ['', 'now', 'before'],
      ...rowsOf(totals).map(([name, value], index) => [name, value, rowsOf(before)[index]?.[1] ?? '']),
    ]),
  );
  const found = groups[by] ?? [];
  if (found.length > 0)
    print(
      '',
      ...table([
        [by, 'runs', 'failed', 'p95', 'calls', 'cost'],
        ...found.map((group) => [
          group.title ?? (group.name === '' ? '-' : group.name),
          String(group.runs),
          shareOf(group.failed, group.runs),
          durationOf(group.p95),
          String(group.calls),
          moneyOf(group.cost),
        ]),
      ]),
    );
  if (errors.length > 0)
    print(
      '',
      ...table([
        ['failures', 'code', 'node', 'newest run', 'message'],
        ...errors.map(({ runs, code, node, run, message, hidden }) => [
          ...[String(runs), code, node, run ?? '-', message ?? `(${hidden ?? 'none'})`],
        ]),
      ]),
    );
  if (waiting > 0) print('', `${waiting} runs from before the upgrade are not counted yet.`);
}

function rowsOf(figures: DashboardFigures): readonly (readonly [string, string])[] {
  return [
    ['runs', String(figures.runs)],
    ['failed', shareOf(figures.failed, figures.runs)],
    ['p50', durationOf(figures.p50)],
    ['p95', durationOf(figures.p95)],
    ['first token p95', durationOf(figures.firstTokenP95)],
    ['tokens', `${figures.inputTokens} in, ${figures.outputTokens} out`],
    ['cost', moneyOf(figures.cost)],
    ['saved by caches', moneyOf(figures.savedByCache)],
    ['saved by routing', moneyOf(figures.savedByRouting)],
    ['good ratings', shareOf(figures.goodRatings, figures.ratings)],
  ];
}

const shareOf = (part: number, all: number): string =>
  all === 0 ? '-' : `${part} of ${all} (${((100 * part) / all).toFixed(1)} %)`;

const durationOf = (ms: number | null): string =>
  ms === null ? '-' : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toPrecision(3)} s`;

const moneyOf = (money: Readonly<Record<string, number>>): string =>
  Object.entries(money)
    .map(([currency, amount]) => `${amount.toFixed(4)} ${currency}`.trim())
    .join(', ') || '-';
