import type { StreamEvent } from '@heddle/core';
import { beginnerOf, scopeOf } from '../execution/execution-path.js';

/** How much later a sign of a nested run must be before the outer node is redrawn. */
const stepMs = 5_000;

/**
 * The last activity of an execution: a delta, progress, a log line, or any event of a nested run. A heartbeat only shows that it is alive.
 */
interface Signs {
  /** Processes an event; returns the outer executions whose time changed noticeably. */
  take(event: StreamEvent): readonly string[];
  of(path: string): number | undefined;
}

/** Signs of a run without events. */
export function createSigns(): Signs {
  const signs = new Map<string, number>();
  return {
    take: (event) => {
      if (!('path' in event) || event.type === 'node-beat') return none;
      signs.set(event.path, event.time);
      const moved: string[] = [];
      for (let scope = scopeOf(event.path); scope !== ''; scope = scopeOf(beginnerOf(scope).path)) {
        const { path } = beginnerOf(scope);
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
