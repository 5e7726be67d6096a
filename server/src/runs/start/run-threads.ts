import {
  HeddleError,
  isTerminal,
  localPrincipal,
  newThread,
  subjectOf,
  toHeddleError,
  type ConversationOwner,
  type Conversations,
  type Journal,
  type PlanBundle,
  type RunCaller,
} from '@heddle/core';
import { ownThread } from '../../common/own-thread.js';

interface ThreadedRun {
  readonly runId: string;
  readonly workflowId: string | undefined;
  readonly workflowName: string;
  readonly caller: RunCaller | undefined;
  readonly bundle: PlanBundle;
}

export interface RunThreadsDependencies {
  readonly conversations: Pick<Conversations, 'begin' | 'find' | 'claim'>;
  readonly journal: Pick<Journal, 'summary'>;
  readonly scopeOf: (run: Omit<ThreadedRun, 'bundle'>) => Pick<ConversationOwner, 'project' | 'workflow'>;
  /** Whether a node of the workflow reads or writes the thread of its run. */
  readonly usesThread: (bundle: PlanBundle) => boolean;
  /** Adds what the newest run of a thread said, if it is missing. */
  readonly record: (thread: string) => Promise<void>;
}

/** The threads that runs continue. A thread has one run at a time; a second run is refused, so that messages do not interleave. */
export class RunThreads {
  /** Runs with a thread that are not in the journal yet. */
  private readonly accepting = new Set<string>();
  /** The threads of runs of this process, until the runs end. */
  private readonly running = new Map<string, string>();

  constructor(private readonly dependencies: RunThreadsDependencies) {}

  /**
   * Gives the caller with the thread of the run: the named thread, or a new one if the caller wants `new` or the workflow uses threads.
   * `id` sets the id of a new thread. Errors: `thread_not_found` for an unknown thread or one of another owner, `thread_busy`.
   */
  async assign(run: ThreadedRun, named: string | undefined, id?: string): Promise<RunCaller | undefined> {
    const { caller } = run;
    const wanted = named ?? caller?.thread;
    const { conversations, usesThread, scopeOf } = this.dependencies;
    if (wanted === undefined && !usesThread(run.bundle)) return caller;
    const owner = { ...scopeOf(run), subject: subjectOf(caller) };
    this.accepting.add(run.runId);
    try {
      const thread =
        wanted === undefined || wanted === newThread ? (await conversations.begin(owner, { id })).id : wanted;
      await this.claim(run.runId, thread, owner);
      this.running.set(run.runId, thread);
      return { principal: localPrincipal.id, ...caller, thread };
    } catch (error) {
      this.accepting.delete(run.runId);
      throw error;
    }
  }

  /** Call it when the run is in the journal, or was refused. */
  settle(runId: string): void {
    this.accepting.delete(runId);
  }

  /** Gives the thread of a run that ended, and forgets it. */
  release(runId: string): string | undefined {
    const thread = this.running.get(runId);
    this.running.delete(runId);
    return thread;
  }

  private async claim(runId: string, thread: string, owner: ConversationOwner): Promise<void> {
    const { conversations, record } = this.dependencies;
    const found = await ownThread(conversations, thread, owner);
    if (found.run !== undefined) {
      if (!(await this.isOver(found.run))) throw busy(thread, found.run);
      await record(thread);
    }
    if (await conversations.claim(thread, runId, found.run)) return;
    const { run = runId } = await ownThread(conversations, thread, owner);
    throw busy(thread, run);
  }

  private async isOver(runId: string): Promise<boolean> {
    if (this.accepting.has(runId)) return false;
    try {
      return isTerminal((await this.dependencies.journal.summary(runId)).status);
    } catch (error) {
      // The acceptance of the run failed, or the run was removed.
      if (toHeddleError(error).code === 'run_not_found') return true;
      throw error;
    }
  }
}

const busy = (thread: string, run: string): HeddleError =>
  new HeddleError(
    'thread_busy',
    `The run ${run} is on the thread ${thread}: wait for its answer, or cancel it, then send the next message.`,
    { details: { thread, runId: run } },
  );
