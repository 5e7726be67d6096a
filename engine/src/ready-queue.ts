import type { Task } from './run-tree.js';

/** Executions that are ready, first come, first served. Its array is used again once it is empty, so that a chain of nodes makes none. */
export class ReadyQueue {
  private readonly tasks: (Task | undefined)[] = [];
  private head = 0;
  private tail = 0;

  get isEmpty(): boolean {
    return this.head === this.tail;
  }

  push(task: Task): void {
    this.tasks[this.tail] = task;
    this.tail += 1;
  }

  /** Takes the first one out; undefined where there is none. */
  take(): Task | undefined {
    if (this.head === this.tail) return undefined;
    const task = this.tasks[this.head];
    this.tasks[this.head] = undefined;
    this.head += 1;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
    }
    return task;
  }
}
