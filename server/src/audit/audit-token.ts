/** Injects the audit log, a `HeddleAudit`. */
export const AUDIT = Symbol('audit');
