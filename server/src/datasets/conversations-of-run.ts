import { subjectOf, type ConversationOwner, type Conversations, type RunAcceptance, type RunState } from '@heddle/core';

/** The longest name of a session. */
const longest = 512;
/** Texts that are tried as the name of a session. */
const mostTried = 200;

/**
 * The conversations that a run read or wrote: those of its subject whose session is a text among its inputs and results. The journal does not
 * name them.
 */
export function conversationsOfRun(
  { inputs, caller }: Pick<RunAcceptance, 'inputs' | 'caller'>,
  { executions }: Pick<RunState, 'executions'>,
  scope: Pick<ConversationOwner, 'project' | 'workflow'>,
  conversations: Pick<Conversations, 'list'>,
): readonly string[] {
  const { project, workflow } = scope;
  const subject = subjectOf(caller);
  const values = [inputs, ...[...executions.values()].map(({ outputs }) => outputs ?? {})].flatMap(Object.values);
  const texts = values.flatMap(({ value }: { readonly value: unknown }) =>
    typeof value === 'string' ? value.trim() : [],
  );
  const sessions = [...new Set(texts)].filter((text) => text !== '' && text.length <= longest).slice(0, mostTried);
  return sessions.flatMap((session) =>
    conversations.list({ within: [{ project, subject }], workflow, session, limit: 1 }).map(({ id }) => id),
  );
}
