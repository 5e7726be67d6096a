import { z } from 'zod';

/** What an audit record is about. */
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
    'lowering',
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

/** What is written of an act. Content (prompts, outputs) stands apart by hash, so that it can be erased without breaking the chain. */
export const AuditEntry = z
  .object({
    act: AuditAct,
    /** Epoch milliseconds. */
    time: z.number(),
    /** `Principal.id`, or `heddle` for what it does by itself. */
    who: z.string(),
    project: z.string().optional(),
    /** What it was done to, such as `workflow:ID`. */
    subject: z.string(),
    isAllowed: z.boolean().default(true),
    details: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An entry before its time is known. */
export type UntimedEntry = Omit<AuditEntry, 'time'>;

/** An entry in its chain: `hash` is SHA-256 over the canonical JSON (RFC 8785) of the entry, its number and the hash before it. */
export const AuditRecord = AuditEntry.extend({
  number: z.int().positive(),
  previous: z.string(),
  hash: z.string(),
}).meta({
  id: 'AuditRecord',
});
export type AuditRecord = z.infer<typeof AuditRecord>;

/** The append-only record of who did what. What runs do is written by the journal inside its own commit. */
export interface Audit {
  /** Writes entries with their act: `work` is run in the same transaction, and neither is kept where one fails. */
  write<T>(entries: readonly UntimedEntry[], work?: () => T): Promise<T | undefined>;
  /** The same for work that gives something; entries that name what only it makes, such as an id, are a function of its result. */
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
