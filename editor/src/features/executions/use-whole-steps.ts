import { useContext, useEffect, useMemo, useState } from 'react';
import { type PathRecord, RunContext } from '../run/index.js';
import { loadPart, loadValue } from '../../ui/values/read/run-value.js';
import { cutSteps, isFetchedWhole, withFetched, type FetchedSteps, type StepRecord } from './whole-steps.js';

interface Found {
  readonly of: string;
  readonly steps: FetchedSteps;
}

const nothing: FetchedSteps = new Map();

/**
 * The records of an execution with complete steps. Long turns and results arrive truncated, and this hook loads the rest while they are
 * shown.
 */
export function useWholeSteps(records: readonly PathRecord[], path: string): readonly PathRecord[] {
  const runId = useContext(RunContext)?.runId;
  const of = `${runId ?? ''} ${path}`;
  const [found, setFound] = useState<Found>({ of, steps: nothing });
  const fetched = found.of === of ? found.steps : nothing;
  // Loads one step after the other, because an agent may have a hundred.
  const next = cutSteps(records, fetched)[0];
  useEffect(() => {
    if (runId === undefined || next === undefined) return undefined;
    const controller = new AbortController();
    fetchStep(runId, path, next, controller.signal).then(
      (value) => setFound((before) => withStep(before, of, next, value)),
      // If the step cannot be loaded, its beginning stays.
      () => {
        if (!controller.signal.aborted) setFound((before) => withStep(before, of, next, undefined));
      },
    );
    return () => controller.abort();
  }, [runId, path, of, next]);
  return useMemo(() => withFetched(records, fetched), [records, fetched]);
}

function fetchStep(runId: string, path: string, step: StepRecord, signal: AbortSignal): Promise<unknown> {
  return (isFetchedWhole(step) ? loadValue : loadPart)({ runId, path, step: step.key }, signal);
}

function withStep(before: Found, of: string, { key, seq }: StepRecord, value: unknown): Found {
  const steps = new Map(before.of === of ? before.steps : nothing);
  steps.set(key, { seq, value });
  return { of, steps };
}
