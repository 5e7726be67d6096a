import type { RunEvent } from '@heddle/core';
import type { AcceptedRun, EngineHost, RunHandle } from '@heddle/engine';

/** The engine, as the server calls it. */
export interface Engine {
  startRun(host: EngineHost, run: AcceptedRun): RunHandle;
  resumeRun(host: EngineHost, run: AcceptedRun, events: readonly RunEvent[]): RunHandle;
}
