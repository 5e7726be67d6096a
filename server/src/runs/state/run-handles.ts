import type { RunHandle, RunPause } from '@heddle/engine';

/** The runs in memory. The driver adds and removes them; others read them. */
export class RunHandles {
  private readonly handles = new Map<string, RunHandle>();

  get size(): number {
    return this.handles.size;
  }

  get all(): readonly RunHandle[] {
    return [...this.handles.values()];
  }

  has(runId: string): boolean {
    return this.handles.has(runId);
  }

  get(runId: string): RunHandle | undefined {
    return this.handles.get(runId);
  }

  add(runId: string, handle: RunHandle): void {
    this.handles.set(runId, handle);
  }

  remove(runId: string): void {
    this.handles.delete(runId);
  }

  /** Pauses a run if it is in memory; returns whether it is. */
  pause(runId: string, pause: RunPause): boolean {
    const handle = this.handles.get(runId);
    handle?.pause(pause);
    return handle !== undefined;
  }
}
