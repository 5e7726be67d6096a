import type { Tables } from '@heddle/core';

/** Titles of collections by name. Errors: `storage_*`, `database_*`. */
export interface CollectionTitles {
  /** All titles by name. A collection without a title is shown by its name. */
  all(): Promise<ReadonlyMap<string, string>>;
  get(name: string): Promise<string | undefined>;
  set(name: string, title: string): Promise<void>;
  forget(name: string): Promise<void>;
}

interface Row {
  readonly name: string;
  readonly title: string;
}

/** Creates the store. @example await createCollectionTitles(tables).set('orbit-docs', 'My Orbit docs') */
export function createCollectionTitles(tables: Tables): CollectionTitles {
  const find = tables.lookup<Row>('SELECT name, title FROM collection_titles WHERE name = @name');
  return {
    all: async () => {
      const rows = await tables.all<Row>('SELECT name, title FROM collection_titles ORDER BY name');
      return new Map(rows.map(({ name, title }) => [name, title]));
    },
    get: async (name) => (await find({ name }))?.title,
    set: (name, title) =>
      tables.commit([
        {
          sql: 'INSERT INTO collection_titles (name, title) VALUES (@name, @title) ON CONFLICT (name) DO UPDATE SET title = excluded.title',
          values: { name, title },
        },
      ]),
    forget: (name) => tables.commit([{ sql: 'DELETE FROM collection_titles WHERE name = @name', values: { name } }]),
  };
}
