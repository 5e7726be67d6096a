import type { SharedResults } from '@heddle/core';
import type { Replay } from '../replay/replay.js';
import type { Presets } from '../presets.js';
import type { Reuse } from '../reuse/reuse.js';
import { noEarlierRuns, type EarlierRuns } from './earlier-runs.js';
import { derivedKey, type History, type PastRun, type SettlingEvent } from './history.js';

/** What is known about a run in advance: from its own journal, from the runs that it continues, and from pins. */
export class RunMemory {
  /** What the journal said when this process loaded the run. */
  readonly past: PastRun | undefined;
  presets: Presets | undefined;
  /** Set if the run replays a recorded run without effects. */
  replay: Replay | undefined;
  /** Set if the run shares results with other runs. */
  shared: SharedResults | undefined;
  /** Set if the run reuses results of other runs and offers its own to them. */
  reuse: Reuse | undefined;
  /** Paths of `atMostOnce` executions that an earlier run began. */
  unclear: EarlierRuns['unclear'] = noEarlierRuns.unclear;
  /** The results that a retry read back from failed nested runs. */
  private readonly rereadSettled = new Map<string, SettlingEvent[]>();
  private readonly rereadHistories = new Map<string, History>();

  constructor(past: PastRun | undefined) {
    this.past = past;
  }

  /** Results under a prefix, in the order in which they settled. */
  settledUnder(prefix: string): readonly SettlingEvent[] | undefined {
    return this.rereadSettled.get(prefix) ?? this.past?.settled.get(prefix);
  }

  historyOf(path: string): History | undefined {
    return this.rereadHistories.get(path) ?? this.past?.histories.get(path);
  }

  /** Whether the journal already has a decision, or the start of a nested run. */
  hasDerived(event: { readonly type: string; readonly path: string }): boolean {
    return this.past?.derived.has(derivedKey(event)) === true;
  }

  /** Like `hasDerived`, but forgets the decision: the same decision in a later iteration is a new one. */
  takeDerived(event: { readonly type: string; readonly path: string }): boolean {
    return this.past?.derived.delete(derivedKey(event)) === true;
  }

  /** Keeps the successful results under a prefix in a failed nested run, so that a retry does not compute them again. */
  reread(prefix: string, past: PastRun): void {
    for (const [key, events] of past.settled) if (key.startsWith(prefix)) this.rereadSettled.set(key, events);
    for (const [path, history] of past.histories) if (path.startsWith(prefix)) this.rereadHistories.set(path, history);
  }
}
