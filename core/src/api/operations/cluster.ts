import { z } from 'zod';
import { ErrorValue } from '../../errors/heddle-error.js';
import { lazyObject } from '../../values/lazy-object.js';

/** A process that uses the database. */
export const ClusterProcess = lazyObject(() => ({
  /** A UUID for this start of the process. */
  id: z.string(),
  /** Stays the same over restarts: the host and the data folder. */
  name: z.string(),
  role: z.enum(['all', 'api', 'worker']),
  version: z.string(),
  /** `silent`: it has sent no heartbeat for too long, and other processes take its runs. `draining`: it takes no more runs. */
  state: z.enum(['ready', 'draining', 'silent']),
  /** The classes of runs that it takes. */
  classes: z.array(z.string()),
  /** Its capabilities for runs that need them, apart from its nodes: `model:ID`, `tool:SERVER`, `zone:NAME`. */
  capabilities: z.array(z.string()),
  slots: z.int().nonnegative(),
  /** The number of its current runs. */
  runs: z.int().nonnegative(),
  /** Seconds since its last heartbeat. */
  silentSeconds: z.number().nonnegative(),
  startedAt: z.number(),
  /** The leases that it holds; each belongs to one process at a time. */
  leases: z.array(z.string()),
})).meta({ id: 'ClusterProcess' });
export type ClusterProcess = z.infer<typeof ClusterProcess>;

/** The runs of one class, and the slots for them. */
export const ClusterClass = lazyObject(() => ({
  class: z.string(),
  /** Slots of the processes that take runs of this class. A process that takes several classes is counted in each of them. */
  slots: z.object({ all: z.int().nonnegative(), free: z.int().nonnegative() }),
  /** Runs that could continue and wait for a process. */
  waiting: z.int().nonnegative(),
  /** How many of the waiting runs no process can run. */
  missing: z.int().nonnegative(),
  /** How long the oldest waiting run that a process can run has waited. */
  oldestSeconds: z.number().nonnegative(),
  /** How long runs have waited for a process, since the database was created. */
  waits: z.object({
    runs: z.int().nonnegative(),
    seconds: z.number().nonnegative(),
    /** Cumulative: how many runs waited at most this many seconds. The last bucket, which has all runs, is omitted. */
    buckets: z.array(z.object({ seconds: z.number(), runs: z.int().nonnegative() })),
  }),
})).meta({ id: 'ClusterClass' });
export type ClusterClass = z.infer<typeof ClusterClass>;

/** Reply of `GET /api/cluster`: what all processes on the database do. Every process gives the same answer. */
export const ClusterReply = lazyObject(() => ({
  /** Whether several processes can use the database; otherwise this is the only process. */
  isShared: z.boolean(),
  processes: z.array(ClusterProcess),
  classes: z.array(ClusterClass),
  /** Runs that no process can run, grouped by what they need, with what to do about it. */
  missing: z.array(z.object({ runs: z.int().positive(), error: ErrorValue })),
  /** What carries hints, which let a free process take a run at once; missing if there is only one process. */
  hints: z.enum(['redis', 'postgres', 'none']).optional(),
  /** The state of the server that carries hints and live text, as this process sees it; missing if there is none. */
  queue: z.object({ status: z.enum(['ok', 'fault']), error: ErrorValue.optional() }).optional(),
})).meta({ id: 'ClusterReply' });
export type ClusterReply = z.infer<typeof ClusterReply>;
