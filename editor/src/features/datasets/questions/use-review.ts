import { withoutUndefined, type DatasetRow, type ReviewRowRequest, type StoredDatasetRow } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction, type Action } from '../../../data/queries/use-action.js';

/** The rows that wait for a review, and the one that is shown. */
export interface Review {
  /** Undefined until they are loaded. */
  readonly rows: readonly StoredDatasetRow[] | undefined;
  readonly at: number;
  readonly row: StoredDatasetRow | undefined;
  readonly action: Action;
  readonly move: (by: number) => void;
  readonly decide: (decision: 'accept' | 'reject', how?: Taken) => void;
  readonly again: () => void;
}

/** What an accepted row takes over: the reviewer's changes, and the accepted documents. */
interface Taken {
  readonly edited?: DatasetRow | undefined;
  readonly proposed?: ReviewRowRequest['proposed'] | undefined;
}

/** Loads the rows of a dataset that wait for a review, up to a hundred at a time. */
export function useReview(dataset: string, onDecided: () => void): Review {
  const [rows, setRows] = useState<readonly StoredDatasetRow[]>();
  const [at, setAt] = useState(0);
  const action = useAction();
  const { run } = action;
  const load = useCallback(async (): Promise<void> => {
    const params = { path: { id: dataset }, query: { review: 'open' as const, limit: 100 } };
    const reply = await client.GET('/api/datasets/{id}/rows', { params });
    setRows(reply.rows);
    setAt(0);
  }, [dataset]);
  const again = useCallback(() => run(load), [run, load]);
  useEffect(() => again(), [again]);
  const row = rows?.[at];
  const decide: Review['decide'] = (decision, { edited, proposed } = {}) => {
    if (row === undefined || action.isBusy) return;
    run(async () => {
      await client.POST('/api/datasets/{id}/rows/{row}/review', {
        params: { path: { id: dataset, row: row.id } },
        body: withoutUndefined({ decision, hash: row.hash, row: edited, proposed: proposed && [...proposed] }),
      });
      const left = (rows ?? []).filter(({ id }) => id !== row.id);
      setRows(left);
      setAt(Math.max(0, Math.min(at, left.length - 1)));
      onDecided();
      if (left.length === 0) await load();
    });
  };
  const move = (by: number): void => setAt((before) => Math.max(0, Math.min(before + by, (rows?.length ?? 1) - 1)));
  return { rows, at, row, action, move, decide, again };
}
