export { openPostgres, type PostgresDatabase, type PostgresOptions } from './open-postgres.js';
