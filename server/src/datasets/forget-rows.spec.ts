import { expect, it, jest } from '@jest/globals';
import type { RowErasure } from '@heddle/adapters/datasets';
import type { CommitRemoval, StayingRun } from '@heddle/adapters/stores';
import { HeddleError, type CommitOf, type Conversations, type ErasedConversations } from '@heddle/core';
import type { Storage } from '../storage/storage.js';
import { forgettingRows } from './forget-rows.js';

const forget = (id: string) => ({ sql: 'forget', values: { id } });

function open(stays?: HeddleError) {
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
    storage: {
      removeRuns: async ([id = '']: readonly string[], _stays: StayingRun, commit: CommitRemoval) => {
        if (stays !== undefined) throw stays;
        await commit([{ sql: 'remove', values: { id } }]);
      },
    } as unknown as Storage,
    rowErasure: {
      ofConversations: ([id = '']: readonly string[]) => Promise.resolve({ rows: 2, writes: [forget(id)] }),
      ofRuns: ([id = '']: readonly string[]) => Promise.resolve({ rows: 2, writes: [forget(id)] }),
      commit: jest.fn<RowErasure['commit']>(() => Promise.resolve()),
    },
  };
  return { rows: parts.rowErasure, parts: forgettingRows(parts) };
}

const why = (reason: string): HeddleError => new HeddleError('run_unfinished', reason);
const both = [{ sql: 'remove', values: { id: 'r' } }, forget('r')];

it('a run that a person deletes loses its rows in the same commit', async () => {
  const { parts, rows } = open();
  await parts.storage.removeRuns(['r'], why);
  expect(rows.commit).toHaveBeenCalledWith(both);
  const commit = jest.fn<CommitRemoval>(() => Promise.resolve());
  await parts.storage.removeRuns(['r'], why, commit);
  expect(commit).toHaveBeenCalledWith(both);
});

it('a run that stays keeps its rows', async () => {
  const { parts, rows } = open(why('needed'));
  await expect(parts.storage.removeRuns(['r'], why)).rejects.toMatchObject({ message: 'needed' });
  expect(rows.commit).not.toHaveBeenCalled();
});

it('an erased conversation loses the rows of its runs in the same commit, which counts them', async () => {
  const { parts } = open();
  const commit = jest.fn<CommitOf<ErasedConversations>>(() => Promise.resolve());
  expect(await parts.conversations.erase(['c'], commit)).toMatchObject({ conversations: 1, rows: 2 });
  const erasures = ['erase', 'forget'].map((sql) => ({ sql, values: { id: 'c' } }));
  expect(commit).toHaveBeenCalledWith(erasures, { conversations: 1, turns: 1, hashes: [], rows: 2 });
});
