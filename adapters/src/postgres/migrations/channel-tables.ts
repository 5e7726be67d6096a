import type { PostgresMigration } from '../migration.js';

/** The events of incoming webhooks and schedules. */
export const channelTables: PostgresMigration = {
  name: 'channels',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.arrivals (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, channel text COLLATE "C" NOT NULL, at double precision NOT NULL,
      key text NOT NULL, run text COLLATE "C", code text, message text
    );
    CREATE INDEX arrivals_of ON $schema.arrivals (channel, number);
  `,
};
