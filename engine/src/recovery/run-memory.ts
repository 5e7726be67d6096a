import type { SharedResults } from '@heddle/core';
import type { Replay } from '../replay/replay.js';
import type { Presets } from '../presets.js';
import type { Reuse } from '../reuse/reuse.js';
import { noEarlierRuns, type EarlierRuns } from './earlier-runs.js';
import { derivedKey, type History, type PastRun, type SettlingEvent } from './history.js';

/** What is known of a run beforehand: from its own journal, from the runs that it continues, and from pins. */
export class RunMemory {
  /** What the journal said when this process took the run up. */
  readonly past: PastRun | undefined;
  presets: Presets | undefined;
  /** Set where the run repeats a recorded run without effects. */
  replay: Replay | undefined;
  /** Set where the run shares results with others. */
  shared: SharedResults | undefined;
  /** Set where the run takes over results of other runs, and leaves its own to them. */
  reuse: Reuse | undefined;
  /** Executions that must not run twice, and that an earlier run began. */
  unclear: EarlierRuns['unclear'] = noEarlierRuns.unclear;
  /** What a retry read back of failed nested runs. */
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

  /** Whether the journal has a decision, or a nested run's start, from before. */
  hasDerived(event: { readonly type: string; readonly path: string }): boolean {
    return this.past?.derived.has(derivedKey(event)) === true;
  }

  /** The same, and forgets it: the same decision in a later iteration is new. */
  takeDerived(event: { readonly type: string; readonly path: string }): boolean {
    return this.past?.derived.delete(derivedKey(event)) === true;
  }

  /** Takes in what ended well under a prefix in a nested run that failed, so that a retry does not compute it again. */
  reread(prefix: string, past: PastRun): void {
    for (const [key, events] of past.settled) if (key.startsWith(prefix)) this.rereadSettled.set(key, events);
    for (const [path, history] of past.histories) if (path.startsWith(prefix)) this.rereadHistories.set(path, history);
  }
}
