import { z } from 'zod';

/** The kind of an audit event. */
export const AuditAct = z
  .enum([
    'sign-in',
    'sign-out',
    'user',
    'role',
    'grant',
    'key',
    'secret',
    'connection',
    'publish',
    'rollback',
    'policy',
    'budget',
    'tool',
    'approval',
    'run',
    'model-call',
    'tool-call',
    'egress',
    'declassification',
    'feedback',
    'export',
    'erase',
    'stop',
    'setting',
    'project',
    'workflow',
    'collection',
    'model',
    'job',
  ])
  .meta({ id: 'AuditAct' });
export type AuditAct = z.infer<typeof AuditAct>;

/** The content of an audit event. Prompts and outputs are stored separately by hash, so that they can be erased without breaking the chain. */
export const AuditEntry = z
  .object({
    act: AuditAct,
    /** Epoch milliseconds. */
    time: z.number(),
    /** `Principal.id`, or `heddle` for what Heddle does by itself. */
    who: z.string(),
    project: z.string().optional(),
    /** The object of the action, such as `workflow:ID`. */
    subject: z.string(),
    isAllowed: z.boolean().default(true),
    details: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An audit event before its time is set. */
export type UntimedEntry = Omit<AuditEntry, 'time'>;

/** An audit event in the chain: `hash` is SHA-256 over the canonical JSON (RFC 8785) of the entry, its number and the previous hash. */
export const AuditRecord = AuditEntry.extend({
  number: z.int().positive(),
  previous: z.string(),
  hash: z.string(),
}).meta({
  id: 'AuditRecord',
});
export type AuditRecord = z.infer<typeof AuditRecord>;

/** The append-only audit log. The journal writes the audit events of runs in its own commit. */
export interface Audit {
  /** Writes entries and runs `work` in the same transaction. If either fails, neither is kept. */
  write<T>(entries: readonly UntimedEntry[], work?: () => T): Promise<T | undefined>;
  /** The same, and returns the result of `work`. `entries` can be a function of that result, for example to name a new id. */
  act<T>(entries: readonly UntimedEntry[] | ((made: T) => readonly UntimedEntry[]), work: () => T): Promise<T>;
  list(query: {
    readonly act?: readonly AuditAct[];
    readonly who?: string;
    readonly project?: string;
    readonly subject?: string;
    readonly from?: number;
    readonly to?: number;
    readonly before?: number;
    readonly limit?: number;
  }): Promise<readonly AuditRecord[]>;
  /** Checks the whole chain: undefined, or the number of the first bad record and what is wrong with it. */
  verify(): Promise<{ readonly number: number; readonly reason: string } | undefined>;
}
