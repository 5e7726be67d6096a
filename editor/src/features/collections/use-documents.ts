import type { DocumentInfo } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { client } from '../../data/api/client.js';

export interface Documents {
  readonly list: readonly DocumentInfo[] | undefined;
  readonly hasMore: boolean;
  readonly error: ApiError | undefined;
  more(): void;
  again(): void;
}

const pageSize = 200;

/** The documents of a collection, page by page. They load again when `mark` changes. */
export function useDocuments(name: string, mark: number): Documents {
  const [pages, setPages] = useState(1);
  const [attempt, setAttempt] = useState(0);
  const [list, setList] = useState<readonly DocumentInfo[]>();
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    const controller = new AbortController();
    readPages(name, pages, controller.signal).then(
      (documents) => {
        setList(documents);
        setError(undefined);
      },
      (reason: unknown) => {
        if (!controller.signal.aborted) setError(toApiError(reason));
      },
    );
    return () => controller.abort();
  }, [name, pages, mark, attempt]);
  return {
    list,
    hasMore: (list?.length ?? 0) >= pages * pageSize,
    error,
    more: useCallback(() => setPages((before) => before + 1), []),
    again: useCallback(() => setAttempt((before) => before + 1), []),
  };
}

async function readPages(name: string, pages: number, signal: AbortSignal): Promise<readonly DocumentInfo[]> {
  const all: DocumentInfo[] = [];
  for (let page = 0; page < pages; page += 1) {
    const some = (
      await client.GET('/api/collections/{name}/documents', {
        params: { path: { name }, query: { limit: pageSize, after: all.at(-1)?.id } },
        signal,
      })
    ).documents;
    all.push(...some);
    if (some.length < pageSize) break;
  }
  return all;
}
