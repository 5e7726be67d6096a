import type { Conversations, Facts, FactStore } from '@heddle/core';
import type { Authority } from '../authority/authority.js';

/**
 * The facts about the subject of a run, on its workflow. A replay gets those of the recorded run, whoever starts it. Tests and experiments
 * get none, because their rows must not depend on each other, and their texts say nothing about a person.
 */
export async function factsOfRun(
  { run, project, workflow, subject }: Pick<Authority, 'run' | 'project' | 'workflow' | 'subject'>,
  facts: Pick<FactStore, 'of'>,
  conversations: Pick<Conversations, 'find'>,
): Promise<Facts> {
  if (run.trigger === 'test') return noFacts;
  const thread = run.caller?.thread;
  const reader = { run: run.runId, thread };
  if (run.replay === undefined) return facts.of({ project, workflow, subject }, reader);
  const owner = thread === undefined ? undefined : (await conversations.find(thread))?.owner;
  return owner?.project === project && owner.workflow === workflow ? facts.of(owner, reader) : noFacts;
}

const noFacts: Facts = {
  find: () => Promise.resolve([]),
  withoutVector: () => Promise.resolve([]),
  setVectors: () => Promise.resolve(),
  remember: () => Promise.resolve(),
};
