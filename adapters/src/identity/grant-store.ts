import { GrantKind, type Grants } from '@heddle/core';
import { z } from 'zod';
import type { HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { withStorageErrors } from '../database/storage-error.js';

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly projects: string;
}

const Projects = z.array(z.string());

/**
 * Grants in heddle.db. All of them are kept in memory: the process that holds the data folder is the only one that writes them.
 *
 * @example const grants = createGrants(database);
 */
export function createGrants(database: HeddleDatabase): Grants {
  const { connection, file } = database;
  const all = connection.prepare<[], Row>('SELECT kind, id, projects FROM grants ORDER BY kind, id');
  const write = connection.prepare<[string, string, string]>(
    'INSERT INTO grants (kind, id, projects) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET projects = excluded.projects',
  );
  const remove = connection.prepare<[string, string]>('DELETE FROM grants WHERE kind = ? AND id = ?');
  let known: ReturnType<typeof read> | undefined;
  let revision = 0;

  function read() {
    const rows = withStorageErrors(file, () => all.all());
    return new Map(
      rows.map(({ kind, id, projects }) => [
        `${kind} ${id}`,
        { kind: GrantKind.parse(kind), id, projects: Projects.parse(JSON.parse(projects)) },
      ]),
    );
  }
  const drop = (): void => {
    known = undefined;
    revision += 1;
  };
  sqliteTables(database).watch('grants', drop);
  const change = (work: () => void): void => {
    try {
      withStorageErrors(file, work);
    } finally {
      // Read again also after a failure: the transaction around it may be taken back.
      drop();
    }
  };
  const entries = () => (connection.inTransaction ? read() : (known ??= read()));
  return {
    granted: (kind, id) => entries().get(`${kind} ${id}`)?.projects,
    set: (kind, id, projects) => change(() => void write.run(kind, id, JSON.stringify([...new Set(projects)].sort()))),
    forget: (kind, id) => change(() => void remove.run(kind, id)),
    withoutProject: (project) =>
      [...read().values()]
        .filter(({ projects }) => projects.includes(project))
        .map(({ kind, id, projects }) => ({
          sql: 'UPDATE grants SET projects = @after WHERE kind = @kind AND id = @id AND projects = @before',
          values: {
            ...{ kind, id, before: JSON.stringify(projects) },
            after: JSON.stringify(projects.filter((other) => other !== project)),
          },
          rows: 1,
          topic: 'grants',
        })),
    list: () => [...entries().values()],
    get revision() {
      return revision;
    },
  };
}
