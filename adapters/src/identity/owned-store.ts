import { defaultProject, type ResourceName } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

type Kind = ResourceName['kind'];

/**
 * Which project a thing belongs to. Only things outside the project that exists from the start have rows, so that a Heddle without
 * further projects writes and reads none. Files, which are named by their content, can belong to several.
 */
export class OwnedStore {
  private readonly find;
  /** Undefined until it was looked up; most Heddles have one project and ask no further. */
  private isUsed: boolean | undefined;

  constructor(private readonly database: HeddleDatabase) {
    this.find = database.connection.prepare<[string, string], { project: string }>(
      'SELECT project FROM owned WHERE kind = ? AND id = ?',
    );
  }

  /** The projects of a thing; the one that exists from the start where nothing is known. */
  projectsOf(kind: Kind, id: string): readonly string[] {
    if (!this.hasRows()) return [defaultProject];
    const rows = withStorageErrors(this.database.file, () => this.find.all(kind, id));
    return rows.length === 0 ? [defaultProject] : rows.map(({ project }) => project);
  }

  /** Assigns a thing to a project. A thing without a row belongs to the first project. */
  assign(kind: Kind, id: string, project: string): void {
    if (project === defaultProject && (kind !== 'file' || !this.hasRows())) return;
    withStorageErrors(this.database.file, () =>
      this.database.connection
        .prepare('INSERT INTO owned (kind, id, project) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(kind, id, project),
    );
    this.isUsed = true;
  }

  forget(kind: Kind, id: string): void {
    if (!this.hasRows()) return;
    withStorageErrors(this.database.file, () =>
      this.database.connection.prepare('DELETE FROM owned WHERE kind = ? AND id = ?').run(kind, id),
    );
  }

  private hasRows(): boolean {
    this.isUsed ??= withStorageErrors(
      this.database.file,
      () => this.database.connection.prepare('SELECT 1 FROM owned LIMIT 1').get() !== undefined,
    );
    return this.isUsed;
  }
}
