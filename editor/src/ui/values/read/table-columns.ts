/** How many rows are read to find the columns. */
const sampled = 200;
const mostColumns = 40;

/** The columns of a list of objects: the keys of its first rows, in order of appearance. */
export function tableColumns(rows: readonly Readonly<Record<string, unknown>>[]): {
  readonly columns: readonly string[];
  readonly left: number;
} {
  const keys = new Set<string>();
  for (const row of rows.slice(0, sampled)) for (const key of Object.keys(row)) keys.add(key);
  const all = [...keys];
  return { columns: all.slice(0, mostColumns), left: Math.max(0, all.length - mostColumns) };
}

/** The text of a cell: a text as it is, anything else as short JSON. A missing key is empty. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.length > 300 ? `${value.slice(0, 300)}…` : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length > 20) return `${value.length} entries`;
  const json = JSON.stringify(value) ?? '';
  return json.length > 120 ? `${json.slice(0, 120)}…` : json;
}
