import { HeddleError, threadNotFound, type Conversations, type Memory } from '@heddle/core';
import type { Authority } from '../authority/authority.js';
import { ownThread } from '../common/own-thread.js';

/**
 * The conversation that a run continues. Its channel chose the conversation; here it is checked that it belongs to the project, workflow
 * and subject of the run. A replay reads what the recorded run could read, whoever starts it.
 */
export async function memoryOfRun(
  { run, project, workflow, subject }: Pick<Authority, 'run' | 'project' | 'workflow' | 'subject'>,
  conversations: Pick<Conversations, 'find' | 'memory'>,
): Promise<Memory> {
  const thread = run.caller?.thread;
  if (thread === undefined) return withoutThread;
  if (run.replay === undefined) await ownThread(conversations, thread, { project, workflow, subject });
  else {
    const owner = (await conversations.find(thread))?.owner;
    if (owner?.project !== project || owner.workflow !== workflow) throw threadNotFound();
  }
  return conversations.memory(thread, run.runId);
}

/** The memory of a run without effects, or of one from before runs had threads. */
const withoutThread: Memory = {
  read: () => Promise.resolve({ turns: [], summary: undefined }),
  append: () => Promise.reject(missing()),
  summarise: () => Promise.reject(missing()),
};

const missing = (): HeddleError =>
  new HeddleError('thread_not_found', 'The run continues no thread: start it again, and it begins one.');
