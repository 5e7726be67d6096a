import { readFileSync, writeFileSync } from 'node:fs';

/** The number of known findings of each check in each package: `{ [check]: { [package]: count } }`. A number may only fall. */
export const baselineFile = new URL('./baseline.json', import.meta.url);

/** Counts findings by check and package. */
export function countFindings(findings) {
  const counts = {};
  for (const { check, path } of findings) {
    const name = path.includes('/') ? path.split('/', 1)[0] : '.';
    counts[check] ??= {};
    counts[check][name] = (counts[check][name] ?? 0) + 1;
  }
  return counts;
}

/** Lists the checks and packages with more findings than in the baseline, and those with fewer. */
export function compareCounts(counts, baseline, checks) {
  const more = [];
  const fewer = [];
  for (const check of checks) {
    const known = baseline[check] ?? {};
    const found = counts[check] ?? {};
    for (const name of new Set([...Object.keys(known), ...Object.keys(found)])) {
      const row = { check, package: name, known: known[name] ?? 0, found: found[name] ?? 0 };
      if (row.found > row.known) more.push(row);
      if (row.found < row.known) fewer.push(row);
    }
  }
  return { more, fewer };
}

/** Makes a baseline with the lower of both counts. A check that is new in the baseline starts with the present count. */
export function shrinkBaseline(counts, baseline, checks) {
  const next = { ...baseline };
  for (const check of checks) {
    const found = counts[check] ?? {};
    const known = baseline[check];
    const rows = Object.entries(found).map(([name, count]) => [
      name,
      Math.min(count, known?.[name] ?? (known ? 0 : count)),
    ]);
    next[check] = Object.fromEntries(rows.filter(([, count]) => count > 0).sort(([a], [b]) => a.localeCompare(b)));
  }
  return Object.fromEntries(Object.entries(next).sort(([a], [b]) => a.localeCompare(b)));
}

/** Reads the stored baseline. */
export function readBaseline() {
  return JSON.parse(readFileSync(baselineFile, 'utf8'));
}

/** Stores a baseline. */
export function writeBaseline(baseline) {
  writeFileSync(baselineFile, `${JSON.stringify(baseline, undefined, 2)}\n`);
}
