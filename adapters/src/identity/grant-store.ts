import {
  GrantKind,
  type Grants,
  type GrantWrites,
  type GuardedWrite,
  type CachedTable,
  type Tables,
} from '@heddle/core';
import { z } from 'zod';

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly projects: string;
}

const Projects = z.array(z.string());

const table: CachedTable = {
  topic: 'grants',
  table: 'grants',
  columns: 'kind, id, projects',
  key: ['kind', 'id'],
  order: ['kind', 'id'],
};

/**
 * Reads and changes grants. Each process keeps all of them in memory, because every lookup of a run checks one.
 *
 * @example const grants = createGrants(tables); await tables.refresh();
 */
export function createGrants(tables: Tables): Grants {
  const rows = tables.keep<Row>(table);
  const parsed = new Map<string, readonly string[]>();
  let parsedRevision = rows.revision;
  const projectsOf = (text: string): readonly string[] => {
    if (parsedRevision !== rows.revision) parsed.clear();
    parsedRevision = rows.revision;
    const known = parsed.get(text) ?? Projects.parse(JSON.parse(text));
    parsed.set(text, known);
    return known;
  };
  const list = () =>
    rows.all().map(({ kind, id, projects }) => ({ kind: GrantKind.parse(kind), id, projects: projectsOf(projects) }));
  return {
    write: { ...grantWrites, withoutProject: (project) => withoutProject(list(), project) },
    granted(kind, id) {
      const [row] = rows.of(kind, id);
      return row === undefined ? undefined : projectsOf(row.projects);
    },
    list,
    get revision() {
      return rows.revision;
    },
  };
}

const touched = (kind: GrantKind, id: string): Pick<GuardedWrite, 'topic' | 'touches'> => ({
  topic: 'grants',
  touches: [kind, id],
});

const grantWrites: Omit<GrantWrites, 'withoutProject'> = {
  set: (kind, id, projects) => [
    {
      sql: `INSERT INTO grants (kind, id, projects) VALUES (@kind, @id, @projects)
        ON CONFLICT (kind, id) DO UPDATE SET projects = excluded.projects`,
      values: { kind, id, projects: JSON.stringify([...new Set(projects)].sort()) },
      ...touched(kind, id),
    },
  ],
  replace(kind, id, before, projects) {
    const values = { kind, id, projects: JSON.stringify([...new Set(projects)].sort()) };
    const sql =
      before === undefined
        ? 'INSERT INTO grants (kind, id, projects) VALUES (@kind, @id, @projects) ON CONFLICT DO NOTHING'
        : 'UPDATE grants SET projects = @projects WHERE kind = @kind AND id = @id AND projects = @before';
    return [{ sql, values: { ...values, before: JSON.stringify(before ?? null) }, rows: 1, ...touched(kind, id) }];
  },
  forget: (kind, id) => [
    { sql: 'DELETE FROM grants WHERE kind = @kind AND id = @id', values: { kind, id }, ...touched(kind, id) },
  ],
};

/**
 * Removes a project from all grants. A grant that was changed in the meantime causes `conflict`. A grant that was added in the meantime
 * keeps the removed project, which has no effect.
 */
function withoutProject(all: ReturnType<Grants['list']>, project: string): readonly GuardedWrite[] {
  return all
    .filter(({ projects }) => projects.includes(project))
    .flatMap(({ kind, id, projects }) =>
      grantWrites.replace(
        kind,
        id,
        projects,
        projects.filter((other) => other !== project),
      ),
    );
}
