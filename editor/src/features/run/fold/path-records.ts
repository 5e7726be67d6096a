import type { RunEventOf, StreamEvent } from '@heddle/core';

const kept = [
  'node-decision',
  'label-decision',
  'model-call',
  'tool-call',
  'node-step',
  'node-retry',
  'human-input-start',
  'human-input-remind',
  'human-input-end',
] as const;

/** A record about an execution: a decision, a call, a step, a failed attempt or an answer. */
export type PathRecord = RunEventOf<(typeof kept)[number]>;

const kinds: ReadonlySet<string> = new Set(kept);
/** The most records that a tab holds. Beyond this, the records of the earliest executions are dropped. */
const most = 20_000;

interface PathRecords {
  apply(event: StreamEvent): void;
  /** Publishes pending changes and returns the paths that changed. */
  publish(): readonly string[];
  of(path: string): readonly PathRecord[];
}

export function createPathRecords(): PathRecords {
  const byPath = new Map<string, PathRecord[]>();
  const shown = new Map<string, readonly PathRecord[]>();
  const changed = new Set<string>();
  let count = 0;

  const dropFirst = (): void => {
    for (const [path, records] of byPath) {
      if (count <= most / 2) return;
      byPath.delete(path);
      shown.delete(path);
      count -= records.length;
    }
  };

  return {
    apply: (event) => {
      if (!isPathRecord(event)) return;
      const records = byPath.get(event.path) ?? [];
      byPath.set(event.path, records);
      records.push(event);
      count += 1;
      changed.add(event.path);
      if (count > most) dropFirst();
    },
    publish: () => {
      const paths = [...changed];
      changed.clear();
      for (const path of paths) shown.delete(path);
      return paths;
    },
    of: (path) => {
      const known = shown.get(path) ?? [...(byPath.get(path) ?? none)];
      if (byPath.has(path)) shown.set(path, known);
      return known.length === 0 ? none : known;
    },
  };
}

const none: readonly PathRecord[] = [];

function isPathRecord(event: StreamEvent): event is PathRecord {
  return kinds.has(event.type);
}
