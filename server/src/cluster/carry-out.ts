import {
  HeddleError,
  isTerminal,
  toErrorValue,
  toHeddleError,
  type Clock,
  type CommandOutcome,
  type Journal,
  type OpenCommand,
  type RunCommand,
  type RunCommands,
} from '@heddle/core';
import type { RunHandle } from '@heddle/engine';

// A command may be carried out twice, by the worker that ended in the middle and by the next one. Cancels, pauses and wakings are the same the
// second time; an answer that the journal has already counts as given.

type Answer = Extract<RunCommand, { kind: 'answer' }>;

/**
 * Carries out a command on a run in memory. Undefined if the run left memory before: then the command stays open for its next owner.
 *
 * @example const outcome = await carryOut(handle, open, journal); if (outcome !== undefined) await commands.settle(open.id, outcome);
 */
export async function carryOut(
  handle: RunHandle,
  { command }: OpenCommand,
  journal: Journal,
): Promise<CommandOutcome | undefined> {
  switch (command.kind) {
    case 'cancel':
      return (await handle.cancel(command.by, command.reason)) ? { status: 'done' } : undefined;
    case 'pause': {
      handle.pause({ reason: command.reason });
      return (await handle.done).status === 'paused' ? { status: 'done' } : undefined;
    }
    case 'answer':
      return answer(handle, command, journal);
    case 'wake':
      handle.wake(command.path);
      return { status: 'done' };
  }
}

async function answer(handle: RunHandle, command: Answer, journal: Journal): Promise<CommandOutcome | undefined> {
  const { requestId, ...given } = command;
  try {
    await handle.answer(requestId, given);
    return { status: 'done' };
  } catch (error) {
    const { code } = toHeddleError(error);
    if (code === 'conflict' || code === 'run_lost' || code === 'database_unreachable') return undefined;
    if (code === 'human_input_decided' && (await isAnswered(journal, handle.runId, command))) return { status: 'done' };
    return { status: 'refused', error: toErrorValue(error, 'internal') };
  }
}

/** Whether the journal has exactly this answer. */
async function isAnswered(journal: Journal, runId: string, { requestId, value, by }: Answer): Promise<boolean> {
  const events = await journal.events(runId);
  return events.some(
    (event) =>
      event.type === 'human-input-end' &&
      event.requestId === requestId &&
      event.outcome === 'answered' &&
      event.by === by &&
      JSON.stringify(event.value) === JSON.stringify(value),
  );
}

/** What carrying out commands of runs without an owner needs. */
export interface AtRestParts {
  readonly journal: Journal;
  readonly commands: RunCommands;
  readonly clock: Clock;
}

/**
 * Carries out a command to a run without an owner, in any process: cancels and pauses are written, an answer or a waking stays open for the worker
 * that claims the run. If a worker claims the run meanwhile, the command is that worker's.
 */
export async function carryOutAtRest(parts: AtRestParts, open: OpenCommand): Promise<void> {
  try {
    const outcome = await atRest(parts, open);
    if (outcome !== undefined) await parts.commands.settle(open.id, outcome);
  } catch (error) {
    const { code } = toHeddleError(error);
    // It has an owner, or an end, since: the owner or the next round sees it.
    if (code !== 'run_lost' && code !== 'run_terminal') throw error;
  }
}

async function atRest({ journal, clock }: AtRestParts, open: OpenCommand): Promise<CommandOutcome | undefined> {
  const { runId, command } = open;
  const { status } = await journal.summary(runId).catch((error: unknown) => {
    if (toHeddleError(error).code === 'run_not_found') return { status: undefined };
    throw error;
  });
  if (status === undefined) return refused('run_not_found', `The run ${runId} was removed.`);
  if (isTerminal(status)) {
    const isDone =
      command.kind === 'answer'
        ? await isAnswered(journal, runId, command)
        : command.kind === 'cancel' && status === 'cancelled';
    return isDone ? { status: 'done' } : refused('run_terminal', `The run ${runId} has ended (${status}) before.`);
  }
  const time = clock.now();
  switch (command.kind) {
    case 'answer':
      return undefined;
    case 'wake':
      // Whoever claims it carries it out. A paused run sleeps on: it is told again.
      return status === 'paused' ? { status: 'done' } : undefined;
    case 'cancel': {
      const { by, reason } = command;
      await journal.append(
        runId,
        [
          { type: 'cancel-request', time, by, reason },
          { type: 'run-end', time, status: 'cancelled' },
        ],
        { isPowerSafe: true },
      );
      return { status: 'done' };
    }
    case 'pause':
      if (status !== 'paused') await journal.append(runId, [{ type: 'run-pause', time, reason: command.reason }]);
      return { status: 'done' };
  }
}

const refused = (code: 'run_not_found' | 'run_terminal', message: string): CommandOutcome => ({
  status: 'refused',
  error: toErrorValue(new HeddleError(code, message), 'internal'),
});
