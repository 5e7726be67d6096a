import { z } from 'zod';
import type { Heddle } from '../heddle/heddle.js';
import { version } from './version.js';

/** `GET /api/health`: whether the server works, and what waits. */
export const HealthReply = z
  .object({
    status: z.literal('ok'),
    version: z.string(),
    pid: z.int(),
    uptimeSeconds: z.number(),
    runs: z.object({
      running: z.int(),
      queued: z.int(),
      /** The run that was accepted first among those that have not ended and are not parked. */
      oldest: z
        .object({ runId: z.string(), workflowName: z.string(), status: z.string(), acceptedAt: z.number() })
        .optional(),
    }),
  })
  .meta({ id: 'HealthReply' });
export type HealthReply = z.infer<typeof HealthReply>;

/** `GET /api/settings`. */
export const SettingsReply = z
  .object({
    settings: z.array(
      z.object({ name: z.string(), value: z.string(), default: z.string(), allowed: z.string(), help: z.string() }),
    ),
  })
  .meta({ id: 'SettingsReply' });
export type SettingsReply = z.infer<typeof SettingsReply>;

/** Reads the health of a Heddle. Errors: `storage_*` when its journal cannot be read. */
export async function healthOf(heddle: Heddle): Promise<HealthReply> {
  const { running, queued } = heddle.queue.counts;
  const unfinished = await heddle.runs.list({ status: ['queued', 'running'], limit: 1000 });
  const oldest = unfinished.toSorted((a, b) => a.acceptedAt - b.acceptedAt)[0];
  return {
    status: 'ok',
    version,
    pid: process.pid,
    uptimeSeconds: Math.round(process.uptime()),
    runs: {
      running,
      queued,
      ...(oldest === undefined
        ? {}
        : {
            oldest: {
              runId: oldest.runId,
              workflowName: oldest.workflowName,
              status: oldest.status,
              acceptedAt: oldest.acceptedAt,
            },
          }),
    },
  };
}
