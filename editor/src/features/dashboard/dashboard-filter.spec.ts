import { describe, expect, it } from '@jest/globals';
import { dashboardPath, isFiltered, queryOf, readFilter, runsBehind } from './dashboard-filter.js';

describe('the filter of the dashboard', () => {
  it('is the same after a reload', () => {
    for (const path of [
      '/dashboard',
      '/dashboard?range=24h&workflow=w&version=3&model=a%2Fb&key=k&channel=v1',
      '/dashboard?from=2026-01-01T00%3A00%3A00.000Z&to=2026-01-02T00%3A00%3A00.000Z',
    ])
      expect(dashboardPath(readFilter(path.split('?')[1] ?? ''))).toBe(path);
  });

  it('leaves out invalid values', () => {
    const filter = readFilter('range=1y&version=one&from=2026-01-02&to=2026-01-01&workflow=');
    expect(dashboardPath(filter)).toBe('/dashboard');
    expect(isFiltered(filter)).toBe(false);
    expect(readFilter(`model=${'x'.repeat(1_000)}`).model).toHaveLength(300);
  });

  it('ends now, or at the chosen end', () => {
    expect(queryOf(readFilter('range=6h&version=0'), 100_000_000)).toMatchObject({
      from: 78_400_000,
      to: 100_000_000,
      version: 0,
      workflow: undefined,
    });
    expect(queryOf(readFilter('from=1970-01-01&to=1970-01-02'), 5)).toMatchObject({ from: 0, to: 86_400_000 });
  });

  it('leads to the runs behind the figures', () => {
    expect(runsBehind({ workflow: 'a&b' }, 'failed')).toBe('/runs?state=failed&workflow=a%26b');
    expect(runsBehind({ workflow: '' })).toBe('/runs');
  });
});
