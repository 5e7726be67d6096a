import { randomUUID } from 'node:crypto';
import type { Dispatch, Journal, RunBus, RunCommands } from '@heddle/core';

/** What waking runs of other processes needs. */
interface WakeParts {
  readonly journal: Pick<Journal, 'summary'>;
  readonly commands: Pick<RunCommands, 'send' | 'ofRun'>;
  readonly dispatch?: Pick<Dispatch, 'send'> | undefined;
  readonly bus?: Pick<RunBus, 'tell'> | undefined;
}

/**
 * Tells a suspended run that what an execution sleeps for has come, whichever process will have the run. It does not wait: false where the run
 * may not have heard it, so that it is told again later. Errors: `run_not_found`, `database_*`.
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
  // Without the queue, the reconciler's hint or a watchdog comes later.
  else await dispatch?.send([{ runId, class: className, epoch }]).catch(() => undefined);
  return true;
}
