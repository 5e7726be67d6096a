import type { GuardedWrite, KeptTable, Tables } from '@heddle/core';

/** What can be restored for a few seconds after it was deleted. A trigger is a webhook or a schedule. */
export type DeletedKind =
  'workflow' | 'collection' | 'document' | 'conversation' | 'fact' | 'dataset' | 'prompt' | 'trigger' | 'run';

/** A deletion that can still be undone. */
export interface Deletion {
  readonly kind: DeletedKind;
  /** The collection of a document, the workflow of a trigger, else `''`. */
  readonly within: string;
  readonly id: string;
  /** The slug of a workflow. */
  readonly slug?: string | undefined;
  /** The number of passages of a document. */
  readonly passages?: number | undefined;
  readonly who: string;
  readonly project?: string | undefined;
  /** Trusted time, in epoch milliseconds; `removalBegun` where it is being removed for good. */
  readonly time: number;
}

/** The time of a deletion whose removal has begun: it can no longer be undone, and is removed again after a crash. */
const removalBegun = 0;

/** Deletions: they hold after a restart. Reading costs no query: each process keeps all of them in memory. */
export interface DeletionStore {
  /** Changes, for the operations that make them. */
  readonly write: DeletionWrites;
  /** Oldest first; of one collection where `within` is given. */
  list(kind: DeletedKind, within?: string): readonly Deletion[];
}

/** Changes of deletions as data. */
interface DeletionWrites {
  /** The newest deletion of a thing counts. */
  set(deletion: Deletion): GuardedWrite;
  /** Undoes it. Errors of the commit: `conflict` where it was undone before, or its removal has begun. */
  restore(deletion: Deletion): GuardedWrite;
  /** Its removal begins. Errors of the commit: `conflict` where it was undone, or another process removes it. */
  begin(deletion: Deletion): GuardedWrite;
  /** Its removal failed: it can be undone again while there is time. */
  giveBack(deletion: Deletion): GuardedWrite;
  /** The thing is gone. */
  remove(deletion: Pick<Deletion, 'kind' | 'within' | 'id'>): GuardedWrite;
}

interface Row extends Omit<Deletion, 'slug' | 'passages' | 'project'> {
  readonly slug: string | null;
  readonly passages: number | null;
  readonly project: string | null;
}

const table: KeptTable = {
  topic: 'deletions',
  table: 'deletions',
  columns: 'kind, within, id, slug, passages, who, project, time',
  key: ['kind'],
  order: ['time', 'within', 'id'],
};

/** @example const deletions = createDeletionStore(tables); await tables.refresh(); deletions.list('workflow'); */
export function createDeletionStore(tables: Tables): DeletionStore {
  const rows = tables.keep<Row>(table);
  /** By the rows that they are made from, which stay the same until something changes. */
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
