import { useCallback } from 'react';
import { useAgain } from '../../../data/queries/use-again.js';
import { readVersions } from '../../publishing/index.js';

const everyMs = 5_000;

/** Reads the versions again and again while a test goes on: its figures and shares change by themselves. */
export function useTestFigures(workflow: string, isRunning: boolean): void {
  const again = useCallback(() => {
    if (isRunning) void readVersions(workflow);
  }, [workflow, isRunning]);
  useAgain(again, everyMs);
}
