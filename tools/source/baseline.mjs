import { readFileSync, writeFileSync } from 'node:fs';

/** How many findings of each check are known in each package: `{ [check]: { [package]: count } }`. A count may fall and never rise. */
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

/** The checks and packages with more findings than the baseline knows, and those with fewer. */
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

/** A baseline with the lower of both counts for each check. A check that the baseline does not have yet begins with what is found. */
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

/** The baseline as it is stored. */
export function readBaseline() {
  return JSON.parse(readFileSync(baselineFile, 'utf8'));
}

/** Stores a baseline. */
export function writeBaseline(baseline) {
  writeFileSync(baselineFile, `${JSON.stringify(baseline, undefined, 2)}\n`);
}
