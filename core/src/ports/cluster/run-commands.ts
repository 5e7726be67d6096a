import { z } from 'zod';
import { ErrorValue } from '../../errors/heddle-error.js';

/** A command of a person, a caller or the server to a run, whichever process runs it. */
export const RunCommand = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cancel'), by: z.string().optional(), reason: z.string().optional() }),
  z.object({
    kind: z.literal('answer'),
    requestId: z.string(),
    value: z.unknown(),
    by: z.string().optional(),
    reason: z.string().optional(),
  }),
  z.object({ kind: z.literal('pause'), reason: z.string() }),
  /** Wakes the sleeping execution of a path early, because what it waits for has happened. */
  z.object({ kind: z.literal('wake'), path: z.string() }),
]);
export type RunCommand = z.infer<typeof RunCommand>;

/** The outcome of a command. */
export const CommandOutcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('done') }),
  z.object({ status: z.literal('refused'), error: ErrorValue }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** A stored command that has not been carried out yet. */
export interface OpenCommand {
  readonly id: string;
  readonly runId: string;
  readonly command: RunCommand;
}

/** The reply to storing a command. */
export interface SentCommand {
  /** The boot of the worker that owns the run; undefined if none does. */
  readonly owner: string | undefined;
  readonly class: string;
  readonly epoch: number;
}

/**
 * Stores commands to runs as rows. A stored command is carried out, or refused with a reason, whichever process ends in the meantime. The
 * owner of the run reads it; if there is no owner, any process carries it out. Carrying out a command twice has no further effect.
 */
export interface RunCommands {
  /** Stores a command. A command with the same id (a UUID) is stored only once. Errors: `run_not_found`, `run_terminal`. */
  send(id: string, runId: string, command: RunCommand): Promise<SentCommand>;
  /** Open commands to the runs of this worker, in the order of sending. */
  ofOwner(boot: string): Promise<readonly OpenCommand[]>;
  /** Open commands to one run, in the order of sending. */
  ofRun(runId: string): Promise<readonly OpenCommand[]>;
  /** Open commands to runs without an owner, including runs that have ended since. */
  ofOrphans(limit: number): Promise<readonly OpenCommand[]>;
  /** Stores the outcome of a command. The first outcome stays. */
  settle(id: string, outcome: CommandOutcome): Promise<void>;
  /** The outcome of a command; undefined while it is open, or if there is no command with this id. */
  outcome(id: string): Promise<CommandOutcome | undefined>;
}
