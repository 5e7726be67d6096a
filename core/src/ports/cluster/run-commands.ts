import { z } from 'zod';
import { ErrorValue } from '../../errors/heddle-error.js';

/** What a person, a caller or the server wants of a run that any process may have. */
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
  /** What the execution of a path sleeps for has come before its time. */
  z.object({ kind: z.literal('wake'), path: z.string() }),
]);
export type RunCommand = z.infer<typeof RunCommand>;

/** How a command ended. */
export const CommandOutcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('done') }),
  z.object({ status: z.literal('refused'), error: ErrorValue }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** A command that was not carried out yet. */
export interface OpenCommand {
  readonly id: string;
  readonly runId: string;
  readonly command: RunCommand;
}

/** Who can carry out a command that was just stored. */
export interface SentCommand {
  /** The boot of the worker that owns the run; undefined if none does. */
  readonly owner: string | undefined;
  readonly class: string;
  readonly epoch: number;
}

/**
 * Commands to runs, as rows: a command that was stored is carried out, or refused with a reason, whatever process ends. Its owner reads
 * it; without an owner, any process carries it out. Carrying out a command twice does no more than once.
 */
export interface RunCommands {
  /** Stores a command. The same id (a UUID) again is the same command. Errors: `run_not_found`, `run_terminal`. */
  send(id: string, runId: string, command: RunCommand): Promise<SentCommand>;
  /** Open commands to runs of this worker, in the order in which they were sent. */
  ofOwner(boot: string): Promise<readonly OpenCommand[]>;
  /** Open commands to one run, in the order in which they were sent. */
  ofRun(runId: string): Promise<readonly OpenCommand[]>;
  /** Open commands to runs without an owner, also to those that have ended since. */
  ofOrphans(limit: number): Promise<readonly OpenCommand[]>;
  /** Stores how a command ended. The first outcome stays. */
  settle(id: string, outcome: CommandOutcome): Promise<void>;
  /** How a command ended; undefined while it is open, or where there is none of this id. */
  outcome(id: string): Promise<CommandOutcome | undefined>;
}
