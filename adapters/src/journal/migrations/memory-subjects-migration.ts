import type { Migration } from './migrations.js';

export const memorySubjectsMigration: Migration = {
  name: 'conversations by subject',
  sql: '',
};
