import { describe, expect, it } from '@jest/globals';
import { compareCounts, countFindings, shrinkBaseline } from './baseline.mjs';

const checks = ['cycle', 'long'];
const find = (check: string, ...paths: readonly string[]) =>
  paths.map((path) => ({ check, path, line: 1, text: 'found' }));

describe('the baseline', () => {
  it('counts by check and package', () => {
    const findings = [...find('cycle', 'core/a.ts', 'core/b.ts', 'nodes/c.ts'), ...find('long', 'README.md')];
    expect(countFindings(findings)).toEqual({ cycle: { core: 2, nodes: 1 }, long: { '.': 1 } });
  });

  it('reports the packages that have more and those that have fewer', () => {
    const counts = { cycle: { core: 3 }, long: { nodes: 1 } };
    const baseline = { cycle: { core: 2 }, long: { nodes: 1, server: 4 } };
    expect(compareCounts(counts, baseline, checks)).toEqual({
      more: [{ check: 'cycle', package: 'core', known: 2, found: 3 }],
      fewer: [{ check: 'long', package: 'server', known: 4, found: 0 }],
    });
  });

  it('shrinks and never grows', () => {
    const baseline = { cycle: { core: 2, nodes: 5 }, long: {} };
    const counts = { cycle: { core: 3, nodes: 1 }, long: { server: 2 } };
    expect(shrinkBaseline(counts, baseline, checks)).toEqual({ cycle: { core: 2, nodes: 1 }, long: {} });
  });

  it('starts a new check with what it finds, and keeps the rows of other checks', () => {
    const baseline = { other: { core: 1 } };
    expect(shrinkBaseline({ cycle: { core: 3 } }, baseline, ['cycle'])).toEqual({
      cycle: { core: 3 },
      other: { core: 1 },
    });
  });
});
