import { z } from 'zod';
import { QueryTime } from './query/query-values.js';
import { LabelLevel } from '../labels/label.js';
import { AuditRecord } from '../audit/audit-entry.js';
import { withReadOnly } from './read-only.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** The target of a kill switch: everything, a workflow by id, a tool by name, or a connection by id. */
export const KillSwitchTarget = z
  .string()
  .max(300)
  .regex(/^(?:all|(?:workflow|tool|connection):[^\n\r\u2028\u2029]+)$/, {
    error: 'all, workflow:ID, tool:NAME or connection:ID',
  })
  .meta({ id: 'KillSwitchTarget' });

/** A kill switch that is on. */
export const KillSwitch = lazyObject(() => ({
  target: KillSwitchTarget,
  reason: z.string(),
  who: z.string(),
  time: z.number(),
})).meta({ id: 'KillSwitch' });
export type KillSwitch = z.infer<typeof KillSwitch>;

/** Body of `PUT /api/kill-switches/:target`. The target in the path counts. */
export const SetKillSwitchRequest = withReadOnly(z.object({ reason: z.string().min(1).max(1000) }), KillSwitch).meta({
  id: 'SetKillSwitchRequest',
});
export type SetKillSwitchRequest = z.infer<typeof SetKillSwitchRequest>;

/** Reply of `GET /api/kill-switches`. */
export const KillSwitchesReply = z.object({ killSwitches: z.array(KillSwitch) }).meta({ id: 'KillSwitchesReply' });
export type KillSwitchesReply = z.infer<typeof KillSwitchesReply>;

/** The effect of a kill switch or of its release: the number of runs in memory that were paused or continue. */
export const KillSwitchReply = lazyObject(() => ({
  target: KillSwitchTarget,
  runs: z.int().nonnegative(),
  /** Warnings about the kill switch, such as that no tool has this name; missing if there are none. */
  warnings: z.array(z.string()).optional(),
})).meta({ id: 'KillSwitchReply' });
export type KillSwitchReply = z.infer<typeof KillSwitchReply>;

/** Reply of `GET /api/audit`. */
export const AuditReply = lazyObject(() => ({
  records: z.array(AuditRecord),
  /** Names of the share links in the entries, by id; a deleted link has none. */
  names: z.record(z.string(), z.string()).optional(),
})).meta({ id: 'AuditReply' });
export type AuditReply = z.infer<typeof AuditReply>;

/** The result of a check of the chain: whether it is complete, otherwise the first bad record. */
export const AuditCheck = lazyObject(() => ({
  isWhole: z.boolean(),
  records: z.int().nonnegative(),
  head: z.string(),
  bad: z.object({ number: z.int(), reason: z.string() }).optional(),
})).meta({ id: 'AuditCheck' });
export type AuditCheck = z.infer<typeof AuditCheck>;

/** Query of `DELETE /api/audit/content`. All given fields must match, and at least one is required. */
export const EraseContentQuery = lazyStrictObject(() => ({
  run: z.string().max(200).optional(),
  level: LabelLevel.optional(),
  /** Milliseconds since the epoch, or a date. */
  before: QueryTime.optional(),
})).refine((query) => Object.values(query).some((value) => value !== undefined), {
  error: 'Say what to erase: run, level or before',
});
export type EraseContentQuery = z.infer<typeof EraseContentQuery>;
/** The number of erased contents. */
export const ErasedReply = z.object({ erased: z.int().nonnegative() }).meta({ id: 'ErasedReply' });
export type ErasedReply = z.infer<typeof ErasedReply>;
/** Reply of `GET /api/audit/content/:hash`. */
export const AuditContentReply = lazyObject(() => ({ hash: z.string(), text: z.string() })).meta({
  id: 'AuditContentReply',
});
export type AuditContentReply = z.infer<typeof AuditContentReply>;
