import { defaultProject, type GuardedWrite, type CachedTable, type ResourceName, type Tables } from '@heddle/core';

type Kind = ResourceName['kind'];

interface Row {
  readonly project: string;
}

/** Files are not kept in memory, because there can be millions. */
const table: CachedTable = {
  topic: 'owned',
  table: 'owned',
  columns: 'kind, id, project',
  key: ['kind', 'id'],
  only: "kind <> 'file'",
  order: ['kind', 'id', 'project'],
};

/**
 * Stores which project each resource belongs to. Resources of the default project have no row, so an installation with only that project
 * stores none. Files are named by their content and can belong to several projects; they are not kept in memory.
 */
export class OwnedStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: OwnedWrites = ownedWrites;
  private readonly kept;
  private readonly files;
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
    this.kept = tables.keep<Row>(table);
    this.files = "SELECT project FROM owned WHERE kind = 'file' AND id = @id ORDER BY project";
  }

  /** The projects of a resource; the default project if it has no row. */
  projectsOf(kind: Exclude<Kind, 'file'>, id: string): readonly string[] {
    return orDefault(this.kept.of(kind, id));
  }

  async projectsOfFile(id: string): Promise<readonly string[]> {
    return orDefault(await this.tables.all<Row>(this.files, { id }));
  }
}

interface OwnedWrites {
  /** Assigns a resource to a project. A resource without a row belongs to the default project. */
  assign(kind: Kind, id: string, project: string): readonly GuardedWrite[];
  /** Deletes the row of a removed resource. */
  forget(kind: Kind, id: string): readonly GuardedWrite[];
}

const ownedWrites: OwnedWrites = {
  assign(kind, id, project) {
    if (project === defaultProject && kind !== 'file') return [];
    // A file of the default project needs a row only if other projects may have the same file.
    const needed = project === defaultProject ? 'EXISTS (SELECT 1 FROM owned)' : 'true';
    const sql = `INSERT INTO owned (kind, id, project) SELECT @kind, @id, @project WHERE ${needed} ON CONFLICT DO NOTHING`;
    return [{ sql, values: { kind, id, project }, ...touched(kind, id) }];
  },
  forget: (kind, id) => [
    { sql: 'DELETE FROM owned WHERE kind = @kind AND id = @id', values: { kind, id }, ...touched(kind, id) },
  ],
};

const touched = (kind: Kind, id: string): Pick<GuardedWrite, 'topic' | 'touches'> =>
  kind === 'file' ? {} : { topic: 'owned', touches: [kind, id] };

const orDefault = (rows: readonly Row[]): readonly string[] =>
  rows.length === 0 ? [defaultProject] : rows.map(({ project }) => project);
