import { randomUUID } from 'node:crypto';
import type { Dispatch, Journal, RunBus, RunCommands } from '@heddle/core';

interface WakeParts {
  readonly journal: Pick<Journal, 'summary'>;
  readonly commands: Pick<RunCommands, 'send' | 'ofRun'>;
  readonly dispatch?: Pick<Dispatch, 'send'> | undefined;
  readonly bus?: Pick<RunBus, 'tell'> | undefined;
}

/**
 * Wakes a suspended run in any process, because what an execution sleeps for has arrived. It does not wait for the result. Returns false if
 * the run may have missed the wake, so that the caller repeats it later. Errors: `run_not_found`, `database_*`.
 *
 * @example await wakeRun({ journal, commands, dispatch, bus }, 'run-1', 'answer');
 */
export async function wakeRun(
  { journal, commands, dispatch, bus }: WakeParts,
  runId: string,
  path: string,
): Promise<boolean> {
  if ((await journal.summary(runId)).status !== 'suspended') return false;
  const open = await commands.ofRun(runId);
  if (open.some(({ command }) => command.kind === 'wake' && command.path === path)) return true;
  const { owner, class: className, epoch } = await commands.send(randomUUID(), runId, { kind: 'wake', path });
  if (owner !== undefined) bus?.tell(owner);
  // If the queue fails, a hint from the reconciler or a watchdog follows later.
  else await dispatch?.send([{ runId, class: className, epoch }]).catch(() => undefined);
  return true;
}
