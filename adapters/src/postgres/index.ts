export { openPostgres, type PostgresDatabase, type PostgresOptions } from './open-postgres.js';
export { postgresTables } from './postgres-tables.js';
