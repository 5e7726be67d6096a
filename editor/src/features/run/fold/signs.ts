import type { StreamEvent } from '@heddle/core';
import { beginnerOf, scopeOf } from '../execution/execution-path.js';

/** The outer node is rendered again only if a sign of its nested run is at least this much later, in milliseconds. */
const stepMs = 5_000;

/**
 * The time of the last activity of each execution: a delta, progress, a log line, or any event of a nested run. Heartbeats do not count,
 * because they only show that the execution is alive.
 */
interface Signs {
  /** Processes an event. Returns the paths of outer executions whose time changed noticeably. */
  take(event: StreamEvent): readonly string[];
  of(path: string): number | undefined;
}

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
