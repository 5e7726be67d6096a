import {
  compareSamples,
  leastDriftRuns,
  type Clock,
  type DriftFinding,
  type MonitorStore,
  type Tables,
} from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** One comparison a day, of at least so many new runs: thirty of them are corrected together. */
const driftEveryMs = 86_400_000;
const leastNewRuns = 50;

/** What comparing needs. */
interface DriftSources {
  readonly monitors: MonitorStore;
  readonly tables: Pick<Tables, 'commit'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Compares the new runs of a monitor with its reference runs, if that is due. The runs that it compared; undefined if it was not due. */
export async function watchDrift(
  id: string,
  { monitors, tables, clock }: DriftSources,
): Promise<readonly string[] | undefined> {
  const { drift, setup, isPaused } = await monitors.get(id);
  // Also after the clock was set back.
  const isDue = drift.checkedAt === undefined || Math.abs(clock.now() - drift.checkedAt) >= driftEveryMs;
  if (!setup.watchesDrift || isPaused || !drift.isReferenceFull || !isDue) return undefined;
  const counts = await monitors.sampleCounts(id);
  if (counts.current < leastNewRuns) return undefined;
  // Reference runs go with their values: too few of them are replaced by the newest runs.
  if (counts.reference < leastDriftRuns) {
    await tables.commit(monitors.write.renewReference(id));
    return undefined;
  }
  const { reference, current, last } = await monitors.samples(id);
  const work = compareSamples(reference, current, last);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) {
      const now = clock.now();
      const findings = value.map((finding) => withSince(finding, drift.findings, now));
      // What came meanwhile stays.
      await monitors.changeDrift(id, (known) => ({ ...known, findings, checkedAt: now, afterSample: last }));
      return current.map(({ runId }) => runId);
    }
    await yieldToEventLoop();
  }
}

function withSince(finding: DriftFinding, before: readonly DriftFinding[], now: number): DriftFinding {
  if (!finding.isDrifted) return finding;
  const earlier = before.find(({ kind, isDrifted }) => kind === finding.kind && isDrifted);
  return { ...finding, since: earlier?.since ?? now };
}
