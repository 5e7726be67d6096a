import { expect, it, jest } from '@jest/globals';
import type { RowErasure } from '@heddle/adapters/datasets';
import type { Conversations } from '@heddle/core';
import type { Storage } from '../storage/storage.js';
import { forgettingRows } from './forget-rows.js';

function open(outcome: ReturnType<Storage['removeRun']>) {
  const forgetRuns = jest.fn<RowErasure['forgetRuns']>(() => 2);
  const parts = {
    conversations: { erase: () => ({ conversations: 1, turns: 1, hashes: [] }) } as unknown as Conversations,
    storage: { removeRun: () => outcome } as unknown as Storage,
    rowErasure: { runsOf: (ids: readonly string[]) => ids.map((id) => `run of ${id}`), forgetRuns },
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

it('an erased conversation takes the rows of its runs with it, and counts them', () => {
  const { parts, forgetRuns } = open('removed');
  expect(parts.conversations.erase(['c'])).toMatchObject({ conversations: 1, rows: 2 });
  expect(forgetRuns).toHaveBeenCalledWith(['run of c']);
});
