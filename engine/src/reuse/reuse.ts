import { withoutUndefined, type SavedWork, type SharedResults } from '@heddle/core';
import type { Known, Presets } from '../presets.js';
import { inputsHash, meaningOf } from '../replay/recorded-run.js';
import { valuesOf } from '../replay/replay-presets.js';
import { hashOf } from '../replay/request-hash.js';
import type { Outbox } from '../run/outbox.js';
import type { Task } from '../run/run-tree.js';
import type { Outputs } from '../scheduler/scheduler-types.js';
import type { RunClock } from '../timing/run-clock.js';

// The key of a result is the work of its node and its inputs with their labels; the position of the node does not count.

/** What taking over results needs of the run. */
export interface Reusing {
  readonly accepted: { readonly acceptance: { readonly runId: string } };
  readonly clock: RunClock;
  readonly outbox: Outbox;
}

interface Key {
  readonly meaning: string;
  readonly inputs: string;
}

/** Results that a run takes over from other runs, and leaves to them. */
export class Reuse {
  readonly presets: Presets = {
    outcomeOf: (task) => this.take(task),
    selectionOf: () => ({ isPreset: () => false, isSelected: () => true }),
  };
  private readonly run: Reusing;
  private readonly shared: SharedResults;
  /** The keys of executions that are computed here, until they end. */
  private readonly keys = new WeakMap<Task, Key>();

  constructor(run: Reusing, shared: SharedResults) {
    this.run = run;
    this.shared = shared;
  }

  /** Leaves a result that was computed here to other runs. */
  keep(task: Task, outputs: Outputs): void {
    const key = this.keys.get(task);
    if (key === undefined) return;
    this.keys.delete(task);
    const { inputTokens = 0, outputTokens = 0, cost = 0, currency } = task.usage ?? {};
    const ms = Math.max(0, this.run.clock.now() - task.startedAt);
    const { runId } = this.run.accepted.acceptance;
    const saved: SavedWork = { ms, inputTokens, outputTokens, cost, ...withoutUndefined({ currency }) };
    this.shared.keep(task.node, key.meaning, key.inputs, { run: runId, outputs, saved });
  }

  private take(task: Task): Known | undefined {
    const { node, frame, path } = task;
    // What a stream will bring is not known when its reader starts.
    if (node.definition.role !== 'step' || node.hasStreamInput || !this.shared.shares(node)) return undefined;
    const meaning = hashOf(meaningOf(node, frame.plan));
    const inputs = inputsHash(node, (input) => valuesOf(task, input));
    const found = this.shared.find(node, meaning, inputs);
    if (found === undefined) {
      this.keys.set(task, { meaning, inputs });
      return undefined;
    }
    const { run, saved, outputs } = found;
    this.run.outbox.add({
      type: 'node-decision',
      time: this.run.clock.now(),
      path,
      attempt: 1,
      kind: 'reuse',
      summary: `Taken over from run ${run}, which had the same inputs`,
      details: { run, ...saved },
    });
    return { outputs, origin: run };
  }
}
