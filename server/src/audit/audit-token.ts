/** Injects the audit record, a `SqliteAudit`. */
export const AUDIT = Symbol('audit');
