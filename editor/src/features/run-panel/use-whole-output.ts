import type { LabelledValue } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';

/** Outputs up to this many bytes are loaded at once. */
const wholeUpTo = 1_000_000;

interface WholeOutput {
  /** The value; undefined while only its beginning is loaded. */
  readonly value: unknown;
  readonly isWhole: boolean;
  /** Loads the rest of a large one. */
  readonly loadAll: (() => void) | undefined;
}

/** A complete output of a run, where only its beginning was sent. */
export function useWholeOutput(runId: string, name: string, labelled: LabelledValue): WholeOutput {
  const isHere = labelled.value !== undefined || labelled.preview === undefined;
  const [isAsked, setAsked] = useState(false);
  const [fetched, setFetched] = useState<{ readonly value: unknown }>();
  const isWanted = !isHere && fetched === undefined && (isAsked || (labelled.size ?? Infinity) <= wholeUpTo);
  useEffect(() => {
    if (!isWanted) return undefined;
    const controller = new AbortController();
    client.GET('/api/runs/{id}', { params: { path: { id: runId } }, signal: controller.signal }).then(
      ({ outputs }) => setFetched({ value: outputs[name] }),
      // The beginning stays, with a button to try again.
      () => setAsked(false),
    );
    return () => controller.abort();
  }, [isWanted, runId, name]);
  const loadAll = useCallback(() => setAsked(true), []);
  if (isHere) return { value: labelled.value, isWhole: true, loadAll: undefined };
  return fetched === undefined
    ? { value: undefined, isWhole: false, loadAll: isWanted ? undefined : loadAll }
    : { value: fetched.value, isWhole: true, loadAll: undefined };
}
