import { z } from 'zod';
import { ErrorValue } from '../../errors/heddle-error.js';
import { lazyObject } from '../../values/lazy-object.js';

/** A process on the database. */
export const ClusterProcess = lazyObject(() => ({
  /** A UUID of this start of the process. */
  id: z.string(),
  /** The same over restarts: the host and the data folder. */
  name: z.string(),
  role: z.enum(['all', 'api', 'worker']),
  version: z.string(),
  /** `silent`: it gave no sign for too long, and its runs go to others. `draining`: it takes no runs. */
  state: z.enum(['ready', 'draining', 'silent']),
  /** The classes of runs that it takes. */
  classes: z.array(z.string()),
  /** What it has for runs that need it, without its nodes: `model:ID`, `tool:SERVER`, `zone:NAME`. */
  capabilities: z.array(z.string()),
  slots: z.int().nonnegative(),
  /** The runs that it has now. */
  runs: z.int().nonnegative(),
  /** Seconds since its last sign. */
  silentSeconds: z.number().nonnegative(),
  startedAt: z.number(),
  /** The rights that one process at a time has, and this one has now. */
  leases: z.array(z.string()),
})).meta({ id: 'ClusterProcess' });
export type ClusterProcess = z.infer<typeof ClusterProcess>;

/** The runs of one class, and the slots for them. */
export const ClusterClass = lazyObject(() => ({
  class: z.string(),
  /** Slots of the processes that take runs of this class. The slots of a process that takes several classes count in each of them. */
  slots: z.object({ all: z.int().nonnegative(), free: z.int().nonnegative() }),
  /** Runs that could go on and wait for a process. */
  waiting: z.int().nonnegative(),
  /** How many of them no process can run. */
  missing: z.int().nonnegative(),
  /** How long the run waits that waits longest, of those that a process can run. */
  oldestSeconds: z.number().nonnegative(),
  /** How long runs waited until a process had them, since the database was made. */
  waits: z.object({
    runs: z.int().nonnegative(),
    seconds: z.number().nonnegative(),
    /** How many waited at most so many seconds; without the last bucket, which has all. */
    buckets: z.array(z.object({ seconds: z.number(), runs: z.int().nonnegative() })),
  }),
})).meta({ id: 'ClusterClass' });
export type ClusterClass = z.infer<typeof ClusterClass>;

/** Reply of `GET /api/cluster`: what all processes on the database do. Any process answers the same. */
export const ClusterReply = lazyObject(() => ({
  /** Whether several processes can use the database; otherwise there is this process alone. */
  isShared: z.boolean(),
  processes: z.array(ClusterProcess),
  classes: z.array(ClusterClass),
  /** Runs that no process can run, by what they need, and what to do. */
  missing: z.array(z.object({ runs: z.int().positive(), error: ErrorValue })),
  /** Where hints go, which let a free process take a run at once; missing where there is one process. */
  hints: z.enum(['redis', 'postgres', 'none']).optional(),
  /** The server that carries hints and live text, as this process sees it; missing where there is none. */
  queue: z.object({ status: z.enum(['ok', 'fault']), error: ErrorValue.optional() }).optional(),
})).meta({ id: 'ClusterReply' });
export type ClusterReply = z.infer<typeof ClusterReply>;
