import type { StreamEvent } from '@heddle/core';
import { parentExecutionOf, scopeOf } from '../execution/execution-path.js';

/** The outer node is rendered again only if a sign of its nested run is at least this much later, in milliseconds. */
const stepMs = 5_000;

/**
 * The time of the last activity of each execution: a delta, progress, a log line, or any event of a nested run. Heartbeats do not count,
 * because they only show that the execution is alive.
 */
interface ActivityTimes {
  /** Processes an event. Returns the paths of outer executions whose time changed noticeably. */
  apply(event: StreamEvent): readonly string[];
  of(path: string): number | undefined;
}

export function createActivityTimes(): ActivityTimes {
  const signs = new Map<string, number>();
  return {
    apply: (event) => {
      if (!('path' in event) || event.type === 'node-beat') return none;
      signs.set(event.path, event.time);
      const moved: string[] = [];
      for (let scope = scopeOf(event.path); scope !== ''; scope = scopeOf(parentExecutionOf(scope).path)) {
        const { path } = parentExecutionOf(scope);
        if (event.time - (signs.get(path) ?? 0) < stepMs) continue;
        signs.set(path, event.time);
        moved.push(path);
      }
      return moved;
    },
    of: (path) => signs.get(path),
  };
}

const none: readonly string[] = [];
