/** Injects the audit log, a `SqliteAudit`. */
export const AUDIT = Symbol('audit');
