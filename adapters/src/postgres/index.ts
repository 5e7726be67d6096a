export { openPostgres, type PostgresDatabase } from './open-postgres.js';
export { postgresVersion } from './migrations.js';
export { checkDatabase } from './check-database.js';
export { referredBlobsOnServer } from './referred-blobs.js';
export { postgresTables } from './postgres-tables.js';
export { refuseMoved } from './refuse-moved.js';
