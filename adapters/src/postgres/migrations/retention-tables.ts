import type { PostgresMigration } from '../migration.js';

/** Marks of what retention removes a day later: everything of a class that ended before `before`, of runs those up to the number `newest`. */
export const retentionTables: PostgresMigration = {
  name: 'marks of retention',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.retention_marks (
      class text COLLATE "C" NOT NULL, marked_at double precision NOT NULL, before double precision NOT NULL, newest bigint NOT NULL,
      PRIMARY KEY (class, marked_at)
    );
  `,
};
