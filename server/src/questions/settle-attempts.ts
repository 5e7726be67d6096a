import { HeddleError, type Clock } from '@heddle/core';
import { pause } from '../common/pause.js';

/** More failures in a row than this are no coincidence. */
const mostFailures = 5;
const mostProblems = 20;
const againMs = 500;

export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** The part of a report about attempts that both kinds of jobs have. */
interface AttemptsReport<Of extends Problem> {
  problems: readonly Of[];
  stopped?: Problem | undefined;
}

/** Adds a failed attempt to a report. After five failures in a row, no further attempt is made. */
export function noteFailure<Of extends Problem>(
  report: AttemptsReport<Of>,
  problem: Of,
  { code, message }: Problem,
  failures: number,
): void {
  report.problems = [...report.problems, problem].slice(0, mostProblems);
  if (failures >= mostFailures)
    report.stopped = { code, message: `${mostFailures} attempts failed in a row: ${message}` };
}

/** The report of work that was cancelled before its end. */
export function cancelled<Report extends { readonly stopped?: Problem | undefined }>(report: Report): Report {
  return report.stopped === undefined
    ? { ...report, stopped: { code: 'aborted', message: 'The job was cancelled before its end.' } }
    : report;
}

/** Retries a write to a dataset while another write to it is running. Errors: those of `write` without `conflict`, `aborted`. */
export async function untilWritten<Result>(
  write: () => Promise<Result>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result> {
  for (;;)
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof HeddleError && error.code === 'conflict')) throw error;
      await pause(clock, againMs, signal);
      signal.throwIfAborted();
    }
}
