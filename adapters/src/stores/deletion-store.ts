import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

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
  /** Trusted time, in epoch milliseconds. */
  readonly time: number;
}

/** Deletions in heddle.db: they hold after a restart. Reading costs no query. */
export interface DeletionStore {
  /** Oldest first; of one collection where `within` is given. */
  list(kind: DeletedKind, within?: string): readonly Deletion[];
  /** Plain SQL, for a transaction that is open already. */
  set(deletion: Deletion): void;
  remove(deletion: Pick<Deletion, 'kind' | 'within' | 'id'>): void;
  /** Reads again what is stored: after a transaction that was taken back. */
  refresh(): void;
}

interface Row extends Omit<Deletion, 'slug' | 'passages' | 'project'> {
  readonly slug: string | null;
  readonly passages: number | null;
  readonly project: string | null;
}

/** @example createDeletionStore(database).list('workflow') */
export function createDeletionStore({ connection, file }: HeddleDatabase): DeletionStore {
  const all = connection.prepare<[], Row>('SELECT * FROM deletions ORDER BY time');
  const insert = connection.prepare<Row>(
    'INSERT OR REPLACE INTO deletions (kind, within, id, slug, passages, who, project, time) VALUES (@kind, @within, @id, @slug, @passages, @who, @project, @time)',
  );
  const remove = connection.prepare<[string, string, string]>(
    'DELETE FROM deletions WHERE kind = ? AND within = ? AND id = ?',
  );
  let deletions: readonly Deletion[] = [];
  const isSame = (a: Pick<Deletion, 'kind' | 'within' | 'id'>) => (b: Deletion) =>
    a.kind === b.kind && a.within === b.within && a.id === b.id;
  const refresh = (): void => {
    deletions = withStorageErrors(file, () => all.all()).map(({ slug, passages, project, ...row }) => ({
      ...row,
      slug: slug ?? undefined,
      passages: passages ?? undefined,
      project: project ?? undefined,
    }));
  };
  refresh();
  return {
    refresh,
    list: (kind, within) =>
      deletions.filter((deletion) => deletion.kind === kind && (within === undefined || deletion.within === within)),
    set(deletion) {
      const { slug = null, passages = null, project = null } = deletion;
      insert.run({ ...deletion, slug, passages, project });
      deletions = [...deletions.filter((other) => !isSame(deletion)(other)), deletion];
    },
    remove(deletion) {
      withStorageErrors(file, () => remove.run(deletion.kind, deletion.within, deletion.id));
      deletions = deletions.filter((other) => !isSame(deletion)(other));
    },
  };
}
