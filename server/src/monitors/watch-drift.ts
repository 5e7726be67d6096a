import {
  compareSamples,
  leastDriftRuns,
  type Clock,
  type DriftFinding,
  type MonitorStore,
  type Tables,
} from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** At most one comparison a day, with at least `leastNewRuns` new runs. The significance is corrected for thirty comparisons. */
const driftEveryMs = 86_400_000;
const leastNewRuns = 50;

interface DriftSources {
  readonly monitors: MonitorStore;
  readonly tables: Pick<Tables, 'commit'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Compares the new runs of a monitor with its reference runs, if that is due. Returns the compared runs; undefined if it was not due. */
export async function watchDrift(
  id: string,
  { monitors, tables, clock }: DriftSources,
): Promise<readonly string[] | undefined> {
  const { drift, setup, isPaused } = await monitors.get(id);
  // The absolute difference, so that a comparison is due even after the clock was set back.
  const isDue = drift.checkedAt === undefined || Math.abs(clock.now() - drift.checkedAt) >= driftEveryMs;
  if (!setup.watchesDrift || isPaused || !drift.isReferenceFull || !isDue) return undefined;
  const counts = await monitors.sampleCounts(id);
  if (counts.current < leastNewRuns) return undefined;
  // Reference runs disappear when their values are removed. If too few are left, the newest runs become the reference.
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
      // Runs that arrived meanwhile stay for the next comparison.
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
