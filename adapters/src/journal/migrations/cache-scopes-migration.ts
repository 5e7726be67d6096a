import type { Migration } from './migrations.js';

export const cacheScopesMigration: Migration = {
  name: 'cache entries by project',
  sql: '',
};
