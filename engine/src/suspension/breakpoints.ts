import type { Task } from '../run/run-tree.js';
import { breakpointKey, isStep } from './step-answer.js';

/** The breakpoints of a run. */
export class Breakpoints {
  /** The last breakpoint was answered with a step: the run pauses before the next node. */
  private isStepping: boolean;
  private readonly nodes: ReadonlySet<string>;

  constructor(nodes: readonly string[] | undefined, isStepping: boolean) {
    this.nodes = new Set(nodes);
    this.isStepping = isStepping;
  }

  /** Whether the run pauses before an execution. */
  isAt(task: Task): boolean {
    if (!this.isStepping && this.nodes.size === 0) return false;
    return task.frame.prefix === '' && (this.isStepping || this.nodes.has(task.node.id));
  }

  /** Takes the answer to a question in; one at a breakpoint says whether the next node pauses too. */
  noteAnswer(key: string, value: unknown): void {
    if (key === breakpointKey) this.isStepping = isStep(value);
  }
}
