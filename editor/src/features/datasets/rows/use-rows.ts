import type { DatasetRowsReply } from '@heddle/core';
import { useMemo } from 'react';
import { client } from '../../../data/api/client.js';
import { usePages, type PageSource, type Pages } from '../../../data/queries/use-pages.js';

interface RowFilter {
  readonly id: string;
  readonly version: number;
  readonly split: string;
  readonly tag: string;
}

interface RowPage {
  readonly rows: DatasetRowsReply['rows'];
  readonly next?: string | undefined;
}

const source: PageSource<RowFilter, RowPage> = {
  async read({ id, version, split, tag }, after, signal) {
    const { rows, next } = await client.GET('/api/datasets/{id}/rows', {
      params: {
        path: { id },
        query: {
          version,
          limit: 50,
          after: after === undefined ? undefined : Number(after),
          split: split || undefined,
          tag: tag || undefined,
        },
      },
      signal,
    });
    return { rows, next: next?.toString() };
  },
  join: (before, further) => ({ rows: [...before.rows, ...further.rows], next: further.next }),
};

/** Loads the rows of a version, 50 at a time. */
export function useRows({ id, version, split, tag }: RowFilter): Pages<RowFilter, RowPage> {
  const filter = useMemo(() => ({ id, version, split, tag }), [id, version, split, tag]);
  return usePages(source, filter);
}
