import { csvCell, type DashboardDimension, type DashboardFigures, type DashboardReply } from '@heddle/core';

/** The tables of a dashboard that can be exported. */
type DashboardTable = 'series' | 'errors' | 'scores' | DashboardDimension;

type Cell = string | number | null | undefined;

const plain = [
  ...['runs', 'failed', 'cancelled', 'p50', 'p95', 'p99', 'calls', 'failedCalls', 'firstTokenP50', 'firstTokenP95'],
  ...['inputTokens', 'outputTokens', 'ratings', 'goodRatings', 'ratingSum'],
] as const satisfies readonly (keyof DashboardFigures)[];
const money = ['cost', 'savedByCache', 'savedByRouting'] as const;

/** A table of a dashboard as CSV. It contains names that users chose, so each cell is made safe for spreadsheets. */
export function dashboardCsv(reply: DashboardReply, table: DashboardTable): string {
  if (table === 'errors')
    return linesOf(
      ['code', 'node', 'workflow', 'runs', 'last', 'run', 'message'],
      reply.errors.map(({ code, node, workflow, runs, lastAt, run, message }) => [
        ...[code, node, workflow, runs, new Date(lastAt).toISOString(), run, message],
      ]),
    );
  if (table === 'scores')
    return linesOf(
      ['time', 'metric', 'workflow', 'version', 'scores', 'mean', 'passed', 'failed'],
      reply.scores.flatMap(({ metric, workflow, version, points }) =>
        points.map(({ time, scores, mean, passed, failed }) => [
          ...[new Date(time).toISOString(), metric, workflow, version, scores, mean, passed, failed],
        ]),
      ),
    );
  if (table === 'series')
    return figureLines(
      ['time'],
      reply.series.map((point) => ({ names: [new Date(point.time).toISOString()], ...point })),
    );
  return figureLines(
    [table, 'title'],
    (reply.groups[table] ?? []).map((group) => ({ names: [group.name, group.title], ...group })),
  );
}

function figureLines(
  head: readonly string[],
  rows: readonly (DashboardFigures & { readonly names: readonly Cell[] })[],
): string {
  const columns = money.flatMap((field) =>
    [...new Set(rows.flatMap((row) => Object.keys(row[field])))].sort().map((currency) => ({ field, currency })),
  );
  return linesOf(
    [...head, ...plain, ...columns.map(({ field, currency }) => `${field} ${currency}`)],
    rows.map((row) => [
      ...row.names,
      ...plain.map((field) => row[field]),
      ...columns.map(({ field, currency }) => row[field][currency] ?? 0),
    ]),
  );
}

function linesOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => `${row.map((cell) => csvCell(String(cell ?? ''))).join(',')}\r\n`).join('');
}
