import type { LabelledValue } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';

/** Outputs of at most this many bytes are loaded at once, larger ones on request. */
const wholeUpTo = 1_000_000;

interface WholeOutput {
  /** Undefined while only the preview is known. */
  readonly value: unknown;
  readonly isWhole: boolean;
  /** Loads a large value completely. Undefined if nothing more can be loaded, or while it loads. */
  readonly loadAll: (() => void) | undefined;
}

/** The complete value of an output. Loads it if the run carried only its beginning. */
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
      // The preview stays, with a button to try again.
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
