import type { Task } from './run-tree.js';

/** Executions that are ready, first come, first served. */
export class ReadyQueue {
  private tasks: Task[] = [];
  private head = 0;

  get isEmpty(): boolean {
    return this.head === this.tasks.length;
  }

  push(task: Task): void {
    this.tasks.push(task);
  }

  /** Takes the first one out. */
  take(): Task | undefined {
    const task = this.tasks[this.head];
    this.head += 1;
    if (this.head >= this.tasks.length) {
      this.tasks = [];
      this.head = 0;
    }
    return task;
  }
}
