import type { Migration } from '../../migration.js';

/** How often a document that is judged not relevant ranks above the first relevant one. */
export const labConfusionsMigration: Migration = {
  name: 'lab confusions',
  sql: `
    ALTER TABLE lab_answers ADD COLUMN confusion REAL;
    ALTER TABLE lab_configurations ADD COLUMN confusions REAL;
    ALTER TABLE lab_configurations ADD COLUMN confusable INTEGER;
  `,
};
