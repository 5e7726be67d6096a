import { describe, expect, it } from '@jest/globals';
import { HeddleError, type Journal, type RunAcceptance, type RunEvent } from '@heddle/core';
import { planOf, type Sketch } from '../testing/harness.js';
import { chain, nested } from '../testing/sketches.js';
import { testNodes } from '../testing/test-nodes.js';
import { continuesRuns, mayHaveRunKey, readEarlierRuns } from './earlier-runs.js';

const once: Sketch = { ...chain, nodes: { ...chain.nodes, a: { type: 'do', run: { atMostOnce: true } } } };
const inner = nested.workflows?.['inner'] ?? chain;
const onceInside: Sketch = {
  ...nested,
  workflows: { inner: { ...inner, nodes: { ...inner.nodes, x: { type: 'do', run: { atMostOnce: true } } } } },
};
const plan = planOf(once, testNodes());
const plain = planOf(chain, testNodes());

type SeenEvents = readonly (Pick<RunEvent, 'type'> & { readonly path: string; readonly [key: string]: unknown })[];
const start = (path: string) => ({ type: 'node-start', path }) as const;
const end = (path: string) => ({ type: 'node-end', path }) as const;
const cached = (path: string) => ({ type: 'node-cached', path }) as const;

/**
 * A journal of runs, each resumed from the next one in `chained`. A run that is not in `runs` is deleted. `read` lists the runs that were
 * read.
 */
function journalOf(runs: Readonly<Record<string, SeenEvents>>, chained: readonly string[]) {
  const read: string[] = [];
  const journal = {
    events: (runId: string) => {
      read.push(runId);
      const events = runs[runId];
      return events === undefined
        ? Promise.reject(new HeddleError('run_not_found', `There is no run '${runId}'.`))
        : Promise.resolve(events);
    },
    acceptance: (runId: string) => Promise.resolve({ origin: chained[chained.indexOf(runId) + 1] }),
  };
  return { journal: journal as unknown as Journal, read };
}
const continuing = (reused: readonly string[]) => ({ origin: 'second', reused }) as unknown as RunAcceptance;

describe('the earlier runs of a resumed run', () => {
  it('are all read for a node that must not run twice, even if no reused result is missing', async () => {
    const { journal, read } = journalOf({ second: [end('s')], first: [start('a')] }, ['second', 'first']);
    const { unclear } = await readEarlierRuns(journal, plan, continuing(['s']));
    expect([unclear.has('a'), unclear.has('s'), read]).toEqual([true, false, ['second', 'first']]);
  });

  it('are read only as far as reused results are missing, whatever kind of results they are', async () => {
    const carried = { type: 'node-error', path: 'c', isCarried: true } as const;
    const { journal, read } = journalOf({ second: [end('s'), cached('b'), carried] }, ['second', 'gone']);
    const { origin } = await readEarlierRuns(journal, plain, continuing(['s', 'b', 'c']));
    expect([origin.length, read]).toEqual([3, ['second']]);
    const failed = { type: 'node-error', path: 'c', isCarried: false } as const;
    const other = journalOf({ second: [failed] }, ['second', 'gone']).journal;
    await expect(readEarlierRuns(other, plain, continuing(['c']))).rejects.toMatchObject({ code: 'run_not_found' });
  });

  it('leave a node unclear that was started or asked about, until it has a result', async () => {
    const asked = { type: 'human-input-start', path: 'a', key: `${mayHaveRunKey}1` } as const;
    const other = { type: 'human-input-start', path: 's', key: 'approve' } as const;
    const failed = { type: 'node-error', path: 'a', isCarried: false } as const;
    const unclearAfter = async (events: SeenEvents) => {
      const { journal } = journalOf({ second: events }, ['second']);
      const { unclear } = await readEarlierRuns(journal, plan, continuing([]));
      return [unclear.has('a'), unclear.has('s')];
    };
    expect(await unclearAfter([asked, other])).toEqual([true, false]);
    expect(await unclearAfter([start('a'), failed])).toEqual([true, false]);
    expect(await unclearAfter([asked, start('a'), end('a')])).toEqual([false, false]);
    expect(await unclearAfter([start('a'), cached('a')])).toEqual([false, false]);
    expect(await unclearAfter([end('a'), start('a')])).toEqual([true, false]);
  });

  it('leave every node without a known result unclear if one of the runs is gone', async () => {
    const { journal } = journalOf({ second: [cached('a'), start('s')] }, ['second', 'gone']);
    const { unclear } = await readEarlierRuns(journal, plan, continuing([]));
    expect(['a', 's', 'b'].map((path) => unclear.has(path))).toEqual([false, true, true]);
  });

  it('must be read for a node that must not run twice, even in a nested workflow, or for reused results', () => {
    const isRead = (sketch: Sketch, acceptance: Partial<RunAcceptance>): boolean =>
      continuesRuns({ plan: planOf(sketch, testNodes()), acceptance: acceptance as RunAcceptance });
    expect(isRead(chain, { origin: 'r', reused: [] })).toBe(false);
    expect(isRead(chain, { origin: 'r', reused: ['s'] })).toBe(true);
    expect(isRead(once, { origin: 'r', reused: [] })).toBe(true);
    expect(isRead(onceInside, { origin: 'r', reused: [] })).toBe(true);
    expect(isRead(once, { origin: undefined, reused: [] })).toBe(false);
  });
});
