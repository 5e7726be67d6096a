import type { Migration } from './migrations.js';

export const secretCardsMigration: Migration = {
  name: 'cards of secrets',
  sql: '',
};
