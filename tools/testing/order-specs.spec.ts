import { describe, expect, it } from '@jest/globals';
import { drawSpecs, kindOf, orderSpecs } from './order-specs.mjs';

const specs = (...names: readonly string[]) => names.map((path, index) => ({ path, size: 100 - index }));
const order = (names: readonly string[], workers = 2) => orderSpecs(specs(...names), workers).map(({ path }) => path);

describe('orderSpecs', () => {
  it('finds the kind of a spec in its file name', () => {
    const names = [
      'a.model.spec.ts',
      'a.browser.spec.ts',
      'a.process.spec.tsx',
      'a.sweep.spec.ts',
      'a.long.spec.ts',
      'a.spec.ts',
      'a-model.spec.ts',
      '/clone/server/src/cli/budgets.spec.ts',
    ];
    const kinds = ['model', 'browser', 'process', 'sweep', 'long', 'unit', 'unit', 'command'];
    expect(names.map(kindOf)).toEqual(kinds);
  });

  it('starts the long kinds first, and the longest of all at once', () => {
    const sorted = order([
      'short.spec.ts',
      'a.browser.spec.ts',
      '/clone/tools/e2e/failpoints.process.spec.ts',
      'b.spec.ts',
    ]);
    expect(sorted).toEqual([
      '/clone/tools/e2e/failpoints.process.spec.ts',
      'a.browser.spec.ts',
      'short.spec.ts',
      'b.spec.ts',
    ]);
  });

  it('runs another kind beside a model spec while there is one', () => {
    const sorted = order(['a.model.spec.ts', 'b.model.spec.ts', 'c.model.spec.ts', 'd.browser.spec.ts']);
    expect(sorted.slice(0, 2).map(kindOf)).toEqual(['model', 'browser']);
    expect([...sorted].sort()).toEqual(['a.model.spec.ts', 'b.model.spec.ts', 'c.model.spec.ts', 'd.browser.spec.ts']);
  });

  it('starts the larger file first if nothing else differs', () => {
    expect(orderSpecs([{ path: 'a.spec.ts', size: 1 }, ...specs('b.spec.ts')], 1).map(({ path }) => path)).toEqual([
      'b.spec.ts',
      'a.spec.ts',
    ]);
  });

  it('leaves out no file, whatever the number of workers', () => {
    const names = Array.from(
      { length: 40 },
      (_, index) => `${index}.${['model', 'browser', 'process'][index % 3]}.spec.ts`,
    );
    for (const workers of [1, 2, 5]) expect(order(names, workers).sort()).toEqual([...names].sort());
  });
});

describe('drawSpecs', () => {
  const names = Array.from(
    { length: 40 },
    (_, index) => `${index}.${['model', 'browser', 'process', 'sweep'][index % 4]}.spec.ts`,
  );
  const all = specs(
    ...names,
    'a.spec.ts',
    '/clone/server/src/security/reach.sweep.spec.ts',
    '/clone/tools/e2e/first-minute.browser.spec.ts',
  );

  it('draws a fifth of the long specs for each run, and all of them in five runs', () => {
    const runs = [7, 8, 9, 10, 11].map((seed) => drawSpecs(all, seed).map(({ path }) => path));
    for (const run of runs) {
      expect(run).toHaveLength(8 + 3);
      expect(run.slice(-3)).toEqual(all.slice(-3).map(({ path }) => path));
    }
    for (const name of names) expect(runs.filter((run) => run.includes(name))).toHaveLength(1);
  });

  it('is the same whatever the order of the files', () => {
    const sorted = (given: typeof all) =>
      drawSpecs(given, 3)
        .map(({ path }) => path)
        .sort();
    expect(sorted([...all].reverse())).toEqual(sorted(all));
  });
});
