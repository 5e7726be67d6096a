import type { StreamEvent } from '@heddle/core';
import { beginnerOf, scopeOf } from './execution-path.js';

/** How much later a sign of a run inside must be before the node around it is drawn anew. */
const stepMs = 5_000;

/** When an execution last did something: a delta, progress, a log line, or anything in a run inside it. A beat only says that it is alive. */
export interface Signs {
  /** Takes an event; gives the executions around whose time moved noticeably. */
  take(event: StreamEvent): readonly string[];
  of(path: string): number | undefined;
}

/** Signs of a run of which nothing was seen yet. */
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
