import type { LabelledValue } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { toApiError, type ApiError } from '../../../data/http/http.js';
import { loadPart, loadValue, type OutputAddress } from './run-value.js';

/** Values up to this many bytes are loaded completely at once. */
const wholeUpTo = 1_000_000;

export interface WholeValue {
  readonly state: 'whole' | 'part' | 'preview' | 'loading';
  readonly value: unknown;
  readonly error: ApiError | undefined;
  /** Loads the whole value; undefined if it is loaded already or cannot be loaded. */
  readonly loadAll: (() => void) | undefined;
}

interface Fetched {
  readonly of: string;
  readonly isWhole: boolean;
  readonly value?: unknown;
  readonly error?: ApiError;
}

/**
 * Returns a value as it was sent. If only a preview was sent, it loads the value: a small one completely, a large one only its beginning.
 */
export function useWholeValue(labelled: LabelledValue, address: OutputAddress | undefined): WholeValue {
  const isHere =
    labelled.value !== undefined ||
    (labelled.ref === undefined && labelled.preview === undefined && labelled.size === undefined);
  const { runId, path, port } = address ?? {};
  const key =
    isHere || runId === undefined || path === undefined || port === undefined
      ? undefined
      : JSON.stringify([runId, path, port]);
  const [isAllAsked, setAllAsked] = useState(false);
  const [fetched, setFetched] = useState<Fetched>();
  const wantsWhole = isAllAsked || (labelled.size ?? Infinity) <= wholeUpTo;
  useEffect(() => {
    if (key === undefined || runId === undefined || path === undefined || port === undefined) return undefined;
    const controller = new AbortController();
    (wantsWhole ? loadValue : loadPart)({ runId, path, port }, controller.signal).then(
      (value) => setFetched({ of: key, isWhole: wantsWhole, value }),
      (error: unknown) => {
        if (!controller.signal.aborted) setFetched({ of: key, isWhole: wantsWhole, error: toApiError(error) });
      },
    );
    return () => controller.abort();
  }, [key, runId, path, port, wantsWhole]);
  const loadAll = useCallback(() => setAllAsked(true), []);
  if (isHere) return { state: 'whole', value: labelled.value, error: undefined, loadAll: undefined };
  const current = fetched?.of === key ? fetched : undefined;
  if (key === undefined) return { state: 'preview', value: labelled.preview, error: undefined, loadAll: undefined };
  if (current === undefined) return { state: 'loading', value: labelled.preview, error: undefined, loadAll: undefined };
  if (current.error !== undefined || current.value === undefined)
    return {
      state: 'preview',
      value: labelled.preview,
      error: current.error,
      loadAll: current.isWhole ? undefined : loadAll,
    };
  return {
    state: current.isWhole ? 'whole' : isAllAsked ? 'loading' : 'part',
    value: current.value,
    error: undefined,
    loadAll: current.isWhole ? undefined : loadAll,
  };
}
