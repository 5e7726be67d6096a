import { randomUUID } from 'node:crypto';
import { fromErrorValue, HeddleError, steadySource, type Dispatch, type RunBus, type RunCommand } from '@heddle/core';
import { carryOutAtRest, type AtRestParts } from './carry-out.js';

/** Stores and channels for sending a command. */
export interface SendParts extends AtRestParts {
  readonly dispatch?: Pick<Dispatch, 'send'> | undefined;
  /** Notifies the owner of a run about a command, so that it does not wait for its next check. */
  readonly bus?: Pick<RunBus, 'tell'> | undefined;
}

interface SendOptions {
  /** A UUID. A repeated request with the same id is the same command. */
  readonly id?: string;
  /** How many milliseconds to wait until the command is carried out. Default 10,000. */
  readonly waitMs?: number;
}

const checkMs = 50;

/**
 * Sends a command to a run in any process, and waits until it is carried out. Errors: `run_not_found`, `run_terminal`, those of the
 * command, and `busy` if it is not carried out in time; it is stored then and will be carried out later.
 *
 * @example await sendCommand(parts, 'run-1', { kind: 'cancel', by: 'user:1' });
 */
export async function sendCommand(
  parts: SendParts,
  runId: string,
  command: RunCommand,
  { id = randomUUID(), waitMs = 10_000 }: SendOptions = {},
): Promise<void> {
  const { commands, clock, dispatch, bus } = parts;
  const { owner, class: className, epoch } = await commands.send(id, runId, command);
  if (owner !== undefined) bus?.tell(owner);
  else {
    await carryOutAtRest(parts, { id, runId, command });
    // If the queue fails, a hint from the reconciler or a watchdog follows later.
    if (command.kind === 'answer') await dispatch?.send([{ runId, class: className, epoch }]).catch(() => undefined);
  }
  const time = steadySource(clock);
  for (const end = time.now() + waitMs; ;) {
    const outcome = await commands.outcome(id);
    if (outcome?.status === 'done') return;
    if (outcome !== undefined) throw fromErrorValue(outcome.error);
    if (time.now() >= end) throw notYet(runId, id);
    await new Promise<void>((resolve) => time.at(time.now() + checkMs, resolve));
  }
}

const notYet = (runId: string, id: string): HeddleError =>
  new HeddleError(
    'busy',
    `The command to run ${runId} is stored and not carried out yet: its worker does not answer, or no worker takes the run. It will be carried out.`,
    { details: { runId, command: id } },
  );
