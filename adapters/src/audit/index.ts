export { createSqliteAudit, type SqliteAudit, type SqliteAuditOptions } from './sqlite-audit.js';
export type { AuditContent, ErasedContent, KeptContent } from './audit-content.js';
export type { BadRecord } from './verify-chain.js';
