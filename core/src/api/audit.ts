import { z } from 'zod';
import { AuditRecord } from '../ports/audit.js';

/** What an emergency stop stops: everything, a workflow by id, a tool by name, or a connection by id. */
export const StopTarget = z
  .string()
  .max(300)
  .regex(/^(?:all|(?:workflow|tool|connection):.+)$/, {
    error: 'all, workflow:ID, tool:NAME or connection:ID',
  })
  .meta({ id: 'StopTarget' });

export const SetStopRequest = z.object({ reason: z.string().min(1).max(1000) }).meta({ id: 'SetStopRequest' });
export type SetStopRequest = z.infer<typeof SetStopRequest>;

/** An emergency stop that is on. */
export const Stop = z
  .object({ target: StopTarget, reason: z.string(), who: z.string(), time: z.number() })
  .meta({ id: 'Stop' });
export type Stop = z.infer<typeof Stop>;

export const StopsReply = z.object({ stops: z.array(Stop) }).meta({ id: 'StopsReply' });
export type StopsReply = z.infer<typeof StopsReply>;

/** What a stop or its release did: runs that were in memory and are held, or that go on. */
export const StopReply = z.object({ target: StopTarget, runs: z.int().nonnegative() }).meta({ id: 'StopReply' });
export type StopReply = z.infer<typeof StopReply>;

export const AuditReply = z.object({ records: z.array(AuditRecord) }).meta({ id: 'AuditReply' });
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
