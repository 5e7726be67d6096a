import { HeddleError, type Clock } from '@heddle/core';
import { pause } from '../common/pause.js';

/** The most failures in a row: more are no coincidence. */
const mostFailures = 5;
const mostProblems = 20;
const againMs = 500;

interface Problem {
  readonly code: string;
  readonly message: string;
}

/** What both kinds of work report of their attempts. */
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

/** Writes to a dataset, again and again while another write to it is running. Errors: those of `write` without `conflict`, `aborted`. */
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
