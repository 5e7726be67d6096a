import { useCallback } from 'react';
import { useReloadInterval } from '../../../data/queries/use-reload-interval.js';
import { readVersions } from '../../publishing/index.js';

const everyMs = 5_000;

/** Reads the versions regularly while a test is running, because its figures and shares change. */
export function useTestFigures(workflow: string, isRunning: boolean): void {
  const again = useCallback(() => {
    if (isRunning) void readVersions(workflow);
  }, [workflow, isRunning]);
  useReloadInterval(again, everyMs);
}
