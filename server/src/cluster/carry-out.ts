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

// A command may be carried out twice: by a worker that died in the middle, and by the next one. Cancels, pauses and wakes have the same
// result the second time; an answer that is already in the journal counts as given.

type Answer = Extract<RunCommand, { kind: 'answer' }>;

/**
 * Carries out a command on a run in memory. Returns undefined if the run left memory first; the command then stays open for the next owner.
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

/** Whether the journal has this answer, by the same person and with the same value. */
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

export interface AtRestParts {
  readonly journal: Journal;
  readonly commands: RunCommands;
  readonly clock: Clock;
}

/**
 * Carries out a command on a run without an owner; any process can do this. A cancel or a pause is written to the journal; an answer or a
 * wake stays open for the worker that claims the run. If a worker claims the run meanwhile, that worker carries out the command.
 */
export async function carryOutAtRest(parts: AtRestParts, open: OpenCommand): Promise<void> {
  try {
    const outcome = await atRest(parts, open);
    if (outcome !== undefined) await parts.commands.settle(open.id, outcome);
  } catch (error) {
    const { code } = toHeddleError(error);
    // The run has got an owner or has ended meanwhile. The owner or the next round settles the command.
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
      // The worker that claims the run carries out the wake. A paused run does not wake; the wake is sent again later.
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
