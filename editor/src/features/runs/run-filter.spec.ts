import { describe, expect, it } from '@jest/globals';
import type { RunSummary } from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import { mergeChanged, runQuery } from './run-filter.js';

const run = (runId: string, acceptedAt: number, more: Partial<RunSummary> = {}): RunSummary => ({
  runId,
  workflowName: 'Ask',
  status: 'running',
  trigger: 'api',
  acceptedAt,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  lastSeq: 1,
  ...more,
});
const ids = (runs: readonly RunSummary[]): string[] => runs.map(({ runId }) => runId);

describe('the list of runs', () => {
  it.each([
    ['nothing', {}, ''],
    ['no state', { status: [] }, ''],
    ['two states', { status: ['failed', 'cancelled'] as const }, '?status=failed%2Ccancelled'],
    ['a trigger', { trigger: 'api' as const }, '?trigger=api'],
    ['an empty workflow and a blank search', { workflow: '', search: '  ' }, ''],
    ['a search with special characters', { search: ' a&b=c ' }, '?search=a%26b%3Dc'],
  ])('is filtered by %s', (_what, filter, query) => {
    expect(addressOf('/api/runs', { query: runQuery(filter) })).toBe(`/api/runs${query}`);
  });

  it('adds new runs, newest first, and newer states of known ones', () => {
    const merged = mergeChanged(
      [run('b', 2), run('a', 1)],
      [run('c', 3), run('a', 1, { status: 'done', lastSeq: 5 })],
      {},
      true,
    );
    expect(ids(merged)).toEqual(['c', 'b', 'a']);
    expect(merged.at(-1)?.status).toBe('done');
  });

  it('does not let a late state undo the end of a run', () => {
    const merged = mergeChanged(
      [run('a', 1, { status: 'done', lastSeq: 5 })],
      [run('a', 1, { lastSeq: 5 }), run('a', 1, { lastSeq: 3 })],
      {},
      true,
    );
    expect(merged[0]?.status).toBe('done');
  });

  it('removes a deleted run, even from a list that is filtered by its status', () => {
    const done = { status: 'done', lastSeq: 5 } as const;
    const deleted = { runId: 'a', isDeleted: true } as const;
    expect(ids(mergeChanged([run('b', 2, done), run('a', 1, done)], [deleted], { status: ['done'] }, true))).toEqual([
      'b',
    ]);
  });

  it('removes runs that no longer match the filter, and leaves older runs to further pages', () => {
    const filter = { status: ['running'] as const, search: 'ask' };
    expect(
      ids(
        mergeChanged(
          [run('b', 5)],
          [run('b', 5, { status: 'failed', lastSeq: 2 }), run('old', 1), run('c', 6, { workflowName: 'Other' })],
          filter,
          false,
        ),
      ),
    ).toEqual([]);
    expect(ids(mergeChanged([run('b', 5)], [run('old', 1), run('new', 7)], filter, false))).toEqual(['new', 'b']);
  });
});
