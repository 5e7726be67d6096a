import type { GuardedWrite, CachedTable, Tables } from '@heddle/core';

/** The kinds of things that can be restored for a few seconds after their deletion. A trigger is a webhook or a schedule. */
export type DeletedKind =
  'workflow' | 'collection' | 'document' | 'conversation' | 'fact' | 'dataset' | 'prompt' | 'trigger' | 'run';

/** A deletion that can still be undone. */
export interface Deletion {
  readonly kind: DeletedKind;
  /** The collection of a document, the workflow of a trigger, or `''`. */
  readonly within: string;
  readonly id: string;
  /** Only for workflows. */
  readonly slug?: string | undefined;
  /** Only for documents. */
  readonly passages?: number | undefined;
  readonly who: string;
  readonly project?: string | undefined;
  /** The trusted time in epoch milliseconds, or `removalBegun` while it is being removed for good. */
  readonly time: number;
}

/** The time of a deletion whose removal has begun. It can no longer be undone, and the removal is repeated after a crash. */
const removalBegun = 0;

/** Stores deletions. They survive a restart. Each process caches all of them, so reading needs no query. */
export interface DeletionStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: DeletionWrites;
  /** Oldest first. With `within`, only those in one collection or workflow. */
  list(kind: DeletedKind, within?: string): readonly Deletion[];
}

interface DeletionWrites {
  /** Stores a deletion, in place of an earlier one of the same thing. */
  set(deletion: Deletion): GuardedWrite;
  /** Undoes a deletion. Errors of the commit: `conflict` if it was undone already, or if its removal has begun. */
  restore(deletion: Deletion): GuardedWrite;
  /** Marks that its removal has begun. Errors of the commit: `conflict` if it was undone, or if another process is removing it. */
  begin(deletion: Deletion): GuardedWrite;
  /** After a failed removal: makes the deletion undoable again, while there is time. */
  giveBack(deletion: Deletion): GuardedWrite;
  /** Deletes the row once the thing is removed. */
  remove(deletion: Pick<Deletion, 'kind' | 'within' | 'id'>): GuardedWrite;
}

interface Row extends Omit<Deletion, 'slug' | 'passages' | 'project'> {
  readonly slug: string | null;
  readonly passages: number | null;
  readonly project: string | null;
}

const table: CachedTable = {
  topic: 'deletions',
  table: 'deletions',
  columns: 'kind, within, id, slug, passages, who, project, time',
  key: ['kind'],
  order: ['time', 'within', 'id'],
};

/**
 * Creates the store.
 *
 * @example const deletions = createDeletionStore(tables); await tables.refresh(); deletions.list('workflow');
 */
export function createDeletionStore(tables: Tables): DeletionStore {
  const rows = tables.keep<Row>(table);
  /** By the rows that they were made from: the same array is returned until something changes. */
  const known = new WeakMap<readonly Row[], readonly Deletion[]>();
  const ofKind = (kind: DeletedKind): readonly Deletion[] => {
    const found = rows.of(kind);
    const before = known.get(found);
    if (before !== undefined) return before;
    const made = found.map(fromRow);
    known.set(found, made);
    return made;
  };
  return {
    write,
    list(kind, within) {
      const found = ofKind(kind);
      return within === undefined ? found : found.filter((deletion) => deletion.within === within);
    },
  };
}

const named = 'kind = @kind AND within = @within AND id = @id';

const write: DeletionWrites = {
  set: ({ kind, within, id, slug = null, passages = null, who, project = null, time }) => ({
    sql: `INSERT INTO deletions (kind, within, id, slug, passages, who, project, time)
      VALUES (@kind, @within, @id, @slug, @passages, @who, @project, @time)
      ON CONFLICT (kind, within, id) DO UPDATE SET slug = excluded.slug, passages = excluded.passages, who = excluded.who,
        project = excluded.project, time = excluded.time`,
    values: { kind, within, id, slug, passages, who, project, time },
    ...touched(kind),
  }),
  restore: ({ kind, within, id, time }) => ({
    sql: `DELETE FROM deletions WHERE ${named} AND time = @time`,
    values: { kind, within, id, time },
    rows: 1,
    ...touched(kind),
  }),
  begin: ({ kind, within, id, time }) => ({
    sql: `UPDATE deletions SET time = @begun WHERE ${named} AND time = @time`,
    values: { kind, within, id, time, begun: removalBegun },
    rows: 1,
    ...touched(kind),
  }),
  giveBack: ({ kind, within, id, time }) => ({
    sql: `UPDATE deletions SET time = @time WHERE ${named} AND time = @begun`,
    values: { kind, within, id, time, begun: removalBegun },
    ...touched(kind),
  }),
  remove: ({ kind, within, id }) => ({
    sql: `DELETE FROM deletions WHERE ${named}`,
    values: { kind, within, id },
    ...touched(kind),
  }),
};

const touched = (kind: DeletedKind): Pick<GuardedWrite, 'topic' | 'touches'> => ({
  topic: 'deletions',
  touches: [kind],
});

const fromRow = ({ slug, passages, project, ...row }: Row): Deletion => ({
  ...row,
  slug: slug ?? undefined,
  passages: passages ?? undefined,
  project: project ?? undefined,
});
