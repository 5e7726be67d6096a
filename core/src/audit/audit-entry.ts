import { z } from 'zod';
import { lazyObject } from '../values/lazy-object.js';

/** The kind of an audit event. */
export const AuditEventKind = z
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
    'annotation',
    'export',
    'erase',
    'stop',
    'setting',
    'project',
    'workflow',
    'proposal',
    'collection',
    'dataset',
    'experiment',
    'replay',
    'prompt',
    'model',
    'job',
  ])
  .meta({ id: 'AuditEventKind' });
export type AuditEventKind = z.infer<typeof AuditEventKind>;

/** The content of an audit event. Prompts and outputs are stored separately by hash, so that they can be erased without breaking the chain. */
export const AuditEntry = lazyObject(() => ({
  /** The kind of the event. The field keeps an old name, because it is part of the hashed text. */
  act: AuditEventKind,
  /** Epoch milliseconds. */
  time: z.number(),
  /** `Principal.id`, or `heddle` for automatic changes. */
  who: z.string(),
  project: z.string().optional(),
  /** The object of the action, such as `workflow:ID`. */
  subject: z.string(),
  isAllowed: z.boolean().default(true),
  details: z.record(z.string(), z.unknown()).default({}),
})).meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An audit event in the chain: `hash` is SHA-256 over the canonical JSON (RFC 8785) of the entry, its number and the previous hash. */
export const AuditRecord = AuditEntry.extend({
  number: z.int().positive(),
  previous: z.string(),
  hash: z.string(),
}).meta({
  id: 'AuditRecord',
});
export type AuditRecord = z.infer<typeof AuditRecord>;
