import { breakpointKey } from '@heddle/core';
import type { Task } from '../run/run-tree.js';
import { isStep } from './step-answer.js';

/** Decides before which nodes a run pauses. */
export class Breakpoints {
  /** Whether the last breakpoint was answered with a step: then the run pauses before the next node. */
  private isStepping: boolean;
  private readonly nodes: ReadonlySet<string>;

  constructor(nodes: readonly string[] | undefined, isStepping: boolean) {
    this.nodes = new Set(nodes);
    this.isStepping = isStepping;
  }

  isAt(task: Task): boolean {
    if (!this.isStepping && this.nodes.size === 0) return false;
    return task.frame.prefix === '' && (this.isStepping || this.nodes.has(task.node.id));
  }

  /** Notes the answer to a breakpoint, which says whether the run pauses before the next node too. Other answers are ignored. */
  noteAnswer(key: string, value: unknown): void {
    if (key === breakpointKey) this.isStepping = isStep(value);
  }
}
