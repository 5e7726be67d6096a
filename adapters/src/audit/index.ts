export { createSqliteAudit, type HeddleAudit, type SqliteAudit, type SqliteAuditOptions } from './sqlite-audit.js';
export { createPostgresAudit, type PostgresAuditOptions } from './postgres-audit.js';
export { createPostgresRunAudit, type PostgresRunAudit } from './postgres-run-audit.js';
export {
  lossOnServerError,
  openServerAnchor,
  reasonOnServer,
  type ServerAnchor,
  type ServerAnchorOptions,
} from './server-anchor.js';
export { sealAudit } from './seal-audit.js';
export { lossError, lossAt, reasonOf, refuseRolledBack, type AuditFiles, type ChainLoss } from './chain-loss.js';
export type { AuditContent, ErasedContent, KeptContent } from './audit-content.js';
export type { BadRecord } from './verify-chain.js';
