const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The periods to choose from; each ends now. */
export const ranges = [
  { id: '6h', title: '6 hours', ms: 6 * hour },
  { id: '24h', title: '24 hours', ms: day },
  { id: '7d', title: '7 days', ms: 7 * day },
  { id: '30d', title: '30 days', ms: 30 * day },
  { id: '90d', title: '90 days', ms: 90 * day },
] as const;
type RangeId = (typeof ranges)[number]['id'];

/** The properties by which figures can be filtered, besides time. */
export const filterNames = ['workflow', 'version', 'model', 'key', 'channel'] as const;
export type FilterName = (typeof filterNames)[number];

/** The filter of the dashboard. A period that was selected in a chart replaces the range. */
export interface DashboardFilter extends Readonly<Record<FilterName, string>> {
  readonly range: RangeId;
  readonly time: { readonly from: number; readonly to: number } | undefined;
}

/** Reads the filter from the query of an address, so that going back or reloading shows the same figures. Ignores unknown parameters. */
export function readFilter(query: string): DashboardFilter {
  const text = new URLSearchParams(query);
  const from = timeOf(text.get('from'));
  const to = timeOf(text.get('to'));
  const version = text.get('version') ?? '';
  return {
    range: ranges.find(({ id }) => id === text.get('range'))?.id ?? '7d',
    time: from === undefined || to === undefined || from >= to ? undefined : { from, to },
    workflow: nameOf(text.get('workflow')),
    version: /^\d{1,9}$/.test(version) ? version : '',
    model: nameOf(text.get('model')),
    key: nameOf(text.get('key')),
    channel: nameOf(text.get('channel')),
  };
}

/** The address of the figures for a filter. */
export function dashboardPath({ range, time, ...names }: DashboardFilter): string {
  const query = new URLSearchParams();
  if (range !== '7d') query.set('range', range);
  if (time !== undefined) {
    query.set('from', new Date(time.from).toISOString());
    query.set('to', new Date(time.to).toISOString());
  }
  for (const name of filterNames) if (names[name] !== '') query.set(name, names[name]);
  return withQuery('/dashboard', query);
}

/** The filter as a query of the server; the range ends at `now`. */
export function queryOf({ range, time, ...names }: DashboardFilter, now: number) {
  const span = ranges.find(({ id }) => id === range)?.ms ?? 7 * day;
  return {
    ...(time ?? { from: now - span, to: now }),
    workflow: names.workflow || undefined,
    version: names.version === '' ? undefined : Number(names.version),
    model: names.model || undefined,
    key: names.key || undefined,
    channel: names.channel || undefined,
  };
}

/** Whether any filter besides the time is set. */
export const isFiltered = (filter: DashboardFilter): boolean => filterNames.some((name) => filter[name] !== '');

/** The address of the list of runs behind the figures, with those filters that the list also has. */
export function runsBehind({ workflow }: Pick<DashboardFilter, 'workflow'>, state = ''): string {
  const query = new URLSearchParams();
  if (state !== '') query.set('state', state);
  if (workflow !== '') query.set('workflow', workflow);
  return withQuery('/runs', query);
}

function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

const nameOf = (text: string | null): string => (text ?? '').slice(0, 300);

function timeOf(text: string | null): number | undefined {
  const time = text === null ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
