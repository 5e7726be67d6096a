import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { AuditRecord } from '../ports/audit.js';
import { withReadOnly } from './read-only.js';

/** What an emergency stop stops: everything, a workflow by id, a tool by name, or a connection by id. */
export const StopTarget = z
  .string()
  .max(300)
  .regex(/^(?:all|(?:workflow|tool|connection):.+)$/, {
    error: 'all, workflow:ID, tool:NAME or connection:ID',
  })
  .meta({ id: 'StopTarget' });

/** An emergency stop that is on. */
export const Stop = z
  .object({ target: StopTarget, reason: z.string(), who: z.string(), time: z.number() })
  .meta({ id: 'Stop' });
export type Stop = z.infer<typeof Stop>;

/** `PUT /api/stops/:target`: the target of the path counts. */
export const SetStopRequest = withReadOnly(z.object({ reason: z.string().min(1).max(1000) }), Stop).meta({
  id: 'SetStopRequest',
});
export type SetStopRequest = z.infer<typeof SetStopRequest>;

export const StopsReply = z.object({ stops: z.array(Stop) }).meta({ id: 'StopsReply' });
export type StopsReply = z.infer<typeof StopsReply>;

/** What a stop or its release did: runs that were in memory and are held, or that go on. */
export const StopReply = z
  .object({
    target: StopTarget,
    runs: z.int().nonnegative(),
    /** What whoever relies on the stop should know, such as that no tool is called so; left out where there is nothing. */
    warnings: z.array(z.string()).optional(),
  })
  .meta({ id: 'StopReply' });
export type StopReply = z.infer<typeof StopReply>;

export const AuditReply = z
  .object({
    records: z.array(AuditRecord),
    /** What those who acted through a share are called, by their id: the name of the share, while there is one. */
    names: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'AuditReply' });
export type AuditReply = z.infer<typeof AuditReply>;

/** Whether the chain is whole; else the first bad record. */
export const AuditCheck = z
  .object({
    isWhole: z.boolean(),
    records: z.int().nonnegative(),
    head: z.string(),
    bad: z.object({ number: z.int(), reason: z.string() }).optional(),
  })
  .meta({ id: 'AuditCheck' });
export type AuditCheck = z.infer<typeof AuditCheck>;

/** `DELETE /api/audit/content`: what is erased; all that is given must hold, and something must be. */
export const EraseContentQuery = z
  .strictObject({
    run: z.string().max(200).optional(),
    level: LabelLevel.optional(),
    /** Epoch milliseconds, or a date. */
    before: z.union([z.coerce.number().nonnegative(), z.iso.date().transform((text) => Date.parse(text))]).optional(),
  })
  .refine((query) => Object.values(query).some((value) => value !== undefined), {
    error: 'Say what to erase: run, level or before',
  })
  .meta({ id: 'EraseContentQuery' });
export type EraseContentQuery = z.infer<typeof EraseContentQuery>;
export const ErasedReply = z.object({ erased: z.int().nonnegative() }).meta({ id: 'ErasedReply' });
export type ErasedReply = z.infer<typeof ErasedReply>;
/** `GET /api/audit/content/:hash`. */
export const AuditContentReply = z.object({ hash: z.string(), text: z.string() }).meta({ id: 'AuditContentReply' });
export type AuditContentReply = z.infer<typeof AuditContentReply>;
