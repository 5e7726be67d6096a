import type {
  LoadedDocument,
  SyncCommit,
  SyncedDocument,
  SyncPosition,
  SyncState,
  SyncTarget,
} from '../../ports/sources/sync-parts.js';

/** A collection and the sync state of a source, in memory. A test can stop it at any point, like a killed process. */
export interface MemorySync {
  readonly state: SyncState;
  readonly target: SyncTarget;
  readonly documents: ReadonlyMap<string, LoadedDocument>;
  readonly failures: ReadonlyMap<string, { readonly code: string; readonly message: string }>;
  /** Lets the next `steps` steps succeed; every later step fails, as if the process had been killed. */
  killAfter(steps: number): void;
  revive(): void;
  readonly steps: number;
}

/** The message of the error that steps throw after `killAfter`. */
export const killed = 'killed by the test';

/**
 * Creates a target and a state in memory for a sync.
 *
 * @example const sync = createMemorySync();
 */
export function createMemorySync(): MemorySync {
  const documents = new Map<string, LoadedDocument>();
  const rows = new Map<string, SyncedDocument & { readonly listing: number }>();
  const failures = new Map<string, { readonly code: string; readonly message: string }>();
  let position: SyncPosition = { listing: 0, isListing: false };
  let left = Infinity;
  let steps = 0;
  const step = (): Promise<void> => {
    if (left <= 0) return Promise.reject(new Error(killed));
    left -= 1;
    steps += 1;
    return Promise.resolve();
  };
  const name = (id: string, row: SyncedDocument): unknown => rows.set(id, { ...row, listing: position.listing });
  const commit = (change: SyncCommit): void => {
    position = change.position;
    for (const { id, ...row } of change.stored) {
      name(id, row);
      failures.delete(id);
    }
    for (const id of change.unchanged) {
      name(id, rows.get(id) ?? {});
      failures.delete(id);
    }
    for (const { id, ...failure } of change.failed) {
      name(id, { ...rows.get(id), mark: undefined });
      failures.set(id, failure);
    }
    for (const id of change.removed) {
      rows.delete(id);
      failures.delete(id);
    }
  };
  return {
    documents,
    failures,
    get steps() {
      return steps;
    },
    killAfter: (count) => void (left = count),
    revive: () => void (left = Infinity),
    state: {
      position: () => Promise.resolve(position),
      document: (id) => Promise.resolve(rows.get(id)),
      expect: async (ids) => {
        await step();
        for (const id of ids) if (!rows.has(id)) rows.set(id, { listing: 0 });
      },
      commit: async (change) => {
        await step();
        commit(change);
      },
      unlisted: (limit) => {
        const all = [...rows].filter(([, { listing }]) => listing !== position.listing).map(([id]) => id);
        return Promise.resolve({ ids: all.slice(0, limit), hasNamed: all.length < rows.size });
      },
    },
    target: {
      put: async (given) => {
        const unchanged: string[] = [];
        for (const document of given) {
          await step();
          if (sameContent(documents.get(document.id), document)) unchanged.push(document.id);
          documents.set(document.id, document);
        }
        return { unchanged, failed: [] };
      },
      remove: async (ids) => {
        for (const id of ids) {
          await step();
          documents.delete(id);
        }
      },
    },
  };
}

const sameContent = (one: LoadedDocument | undefined, other: LoadedDocument): boolean =>
  one !== undefined && textOf(one.content) === textOf(other.content) && one.title === other.title;

/** Returns content as text. */
export const textOf = (content: Uint8Array | string): string =>
  typeof content === 'string' ? content : new TextDecoder().decode(content);
