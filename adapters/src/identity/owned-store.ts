import { defaultProject, type GuardedWrite, type KeptTable, type ResourceName, type Tables } from '@heddle/core';

type Kind = ResourceName['kind'];

interface Row {
  readonly project: string;
}

/** All but files, of which there can be millions. */
const table: KeptTable = {
  topic: 'owned',
  table: 'owned',
  columns: 'kind, id, project',
  key: ['kind', 'id'],
  only: "kind <> 'file'",
  order: ['kind', 'id', 'project'],
};

/**
 * Which project a thing belongs to. Only things outside the project that exists from the start have rows, so that a Heddle without
 * further projects writes none. Files, which are named by their content, can belong to several; they are not kept in memory.
 */
export class OwnedStore {
  /** Changes, for the operations that make them. */
  readonly write: OwnedWrites = ownedWrites;
  private readonly kept;
  private readonly files;
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
    this.kept = tables.keep<Row>(table);
    this.files = "SELECT project FROM owned WHERE kind = 'file' AND id = @id ORDER BY project";
  }

  /** The projects of a thing; the one that exists from the start where nothing is known. */
  projectsOf(kind: Exclude<Kind, 'file'>, id: string): readonly string[] {
    return orDefault(this.kept.of(kind, id));
  }

  async projectsOfFile(id: string): Promise<readonly string[]> {
    return orDefault(await this.tables.all<Row>(this.files, { id }));
  }
}

/** Changes of owners as data. */
interface OwnedWrites {
  /** Assigns a thing to a project. A thing without a row belongs to the first project. */
  assign(kind: Kind, id: string, project: string): readonly GuardedWrite[];
  /** For a removed thing. */
  forget(kind: Kind, id: string): readonly GuardedWrite[];
}

const ownedWrites: OwnedWrites = {
  assign(kind, id, project) {
    if (project === defaultProject && kind !== 'file') return [];
    // A file of the first project needs a row only where other projects may have the same one.
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
