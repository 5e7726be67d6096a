export { createSqliteAudit, type HeddleAudit, type SqliteAudit } from './sqlite-audit.js';
export { createPostgresAudit } from './postgres-audit.js';
export { createPostgresRunAudit } from './postgres-run-audit.js';
export { lossOnServerError, openServerAnchor, reasonOnServer, type ServerAnchor } from './server-anchor.js';
export { lossError, lossAt, reasonOf, refuseRolledBack, type AuditFiles, type ChainLoss } from './chain-loss.js';
export type { AuditContent, ErasedContent, KeptContent } from './audit-content.js';
