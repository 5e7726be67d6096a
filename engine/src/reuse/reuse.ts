import { withoutUndefined, type StoredResult, type SavedWork, type SharedResults } from '@heddle/core';
import type { Known, Presets } from '../presets.js';
import { inputsHash, meaningOf } from '../replay/recorded-run.js';
import { valuesOf } from '../replay/replay-presets.js';
import { hashOf } from '../replay/request-hash.js';
import type { Lifecycle } from '../run/lifecycle.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { Task } from '../run/run-tree.js';
import type { Outputs } from '../scheduler/scheduler-types.js';
import { TaskEvent } from '../tasks/task-state.js';
import type { RunClock } from '../timing/run-clock.js';

// The key of a result is what its node does and the inputs with their labels. The position of the node in the workflow does not matter.

interface Reusing extends Lifecycle {
  readonly accepted: { readonly acceptance: { readonly runId: string } };
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
}

/** The question whether another run has the result of an execution. */
interface Question {
  readonly meaning: string;
  readonly inputs: string;
  isAnswered: boolean;
  found: StoredResult | undefined;
}

/** Reuses results of other runs, and offers the results of this run to them. */
export class Reuse {
  readonly presets: Presets = {
    outcomeOf: (task) => this.take(task),
    selectionOf: () => ({ isPreset: () => false, isSelected: () => true }),
  };
  private readonly run: Reusing;
  private readonly shared: SharedResults;
  /** The open questions of executions, until they end. */
  private readonly questions = new WeakMap<Task, Question>();

  constructor(run: Reusing, shared: SharedResults) {
    this.run = run;
    this.shared = shared;
  }

  /** Offers a result that was computed here to other runs. */
  keep(task: Task, outputs: Outputs): void {
    const question = this.questions.get(task);
    if (question === undefined) return;
    this.questions.delete(task);
    const { inputTokens = 0, outputTokens = 0, cost = 0, currency } = task.usage ?? {};
    const ms = Math.max(0, this.run.clock.now() - task.startedAt);
    const { runId } = this.run.accepted.acceptance;
    const saved: SavedWork = { ms, inputTokens, outputTokens, cost, ...withoutUndefined({ currency }) };
    const { meaning, inputs } = question;
    // Nothing waits for this: a run that asks too early computes the result itself.
    void this.shared.keep(task.node, meaning, inputs, { run: runId, outputs, saved });
  }

  /**
   * Asks whether another run has the result of an execution. Returns true until the answer is there; then the execution becomes ready
   * again.
   */
  asks(task: Task): boolean {
    const { node, frame } = task;
    // When a stream reader starts, the content of the stream is not known yet.
    if (node.definition.role !== 'step' || node.hasStreamInput || !this.shared.shares(node)) return false;
    const meaning = hashOf(meaningOf(node, frame.plan));
    const inputs = inputsHash(node, (input) => valuesOf(task, input));
    const before = this.questions.get(task);
    if (before?.isAnswered === true && before.meaning === meaning && before.inputs === inputs) return false;
    const question: Question = { meaning, inputs, isAnswered: false, found: undefined };
    this.questions.set(task, question);
    let isLeft = false;
    task.keepLeave(() => (isLeft = true));
    void this.shared.find(node, meaning, inputs).then((found) =>
      this.run.mailbox.command(() => {
        // The execution was stopped meanwhile, or starts again.
        if (isLeft) return;
        task.keepLeave(undefined);
        question.found = found;
        question.isAnswered = true;
        this.run.advance(task, TaskEvent.Enqueue);
      }),
    );
    return true;
  }

  private take(task: Task): Known | undefined {
    const found = this.questions.get(task)?.found;
    if (found === undefined) return undefined;
    this.questions.delete(task);
    const { run, saved, outputs } = found;
    this.run.outbox.add({
      type: 'node-decision',
      time: this.run.clock.now(),
      path: task.path,
      attempt: 1,
      kind: 'reuse',
      summary: `Taken over from run ${run}, which had the same inputs`,
      details: { run, ...saved },
    });
    return { outputs, origin: run };
  }
}
