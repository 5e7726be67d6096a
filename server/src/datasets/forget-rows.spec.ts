import { expect, it, jest } from '@jest/globals';
import type { RowErasure } from '@heddle/adapters/datasets';
import type { CommitOf, Conversations, ErasedConversations } from '@heddle/core';
import type { Storage } from '../storage/storage.js';
import { forgettingRows } from './forget-rows.js';

function open(outcome: ReturnType<Storage['removeRun']>) {
  const forgetRuns = jest.fn<RowErasure['forgetRuns']>(() => 2);
  const parts = {
    conversations: {
      erase: async (ids: readonly string[], commit: CommitOf<ErasedConversations>) => {
        const erased = { conversations: 1, turns: 1, hashes: [] };
        await commit(
          ids.map((id) => ({ sql: 'erase', values: { id } })),
          erased,
        );
        return erased;
      },
    } as unknown as Conversations,
    storage: { removeRun: () => outcome } as unknown as Storage,
    rowErasure: {
      ofConversations: ([id = '']: readonly string[]) =>
        Promise.resolve({ rows: 2, writes: [{ sql: 'forget', values: { id } }] }),
      commit: () => Promise.resolve(),
      forgetRuns,
    },
  };
  return { forgetRuns, parts: forgettingRows(parts) };
}

it('a run that a person deletes takes its rows with it', () => {
  const { parts, forgetRuns } = open('removed');
  expect(parts.storage.removeRun('r')).toBe('removed');
  expect(forgetRuns).toHaveBeenCalledWith(['r']);
});

it('a run that stays keeps its rows', () => {
  const { parts, forgetRuns } = open('needed');
  expect(parts.storage.removeRun('r')).toBe('needed');
  expect(forgetRuns).not.toHaveBeenCalled();
});

it('an erased conversation takes the rows of its runs with it, in one commit, and counts them', async () => {
  const { parts } = open('removed');
  const commit = jest.fn<CommitOf<ErasedConversations>>(() => Promise.resolve());
  expect(await parts.conversations.erase(['c'], commit)).toMatchObject({ conversations: 1, rows: 2 });
  const both = ['erase', 'forget'].map((sql) => ({ sql, values: { id: 'c' } }));
  expect(commit).toHaveBeenCalledWith(both, { conversations: 1, turns: 1, hashes: [], rows: 2 });
});
