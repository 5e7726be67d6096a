import { HeddleError, type OpenRequest, type Principal } from '@heddle/core';
import { principalCalled, usersCalled, type NamedUsers } from './named-users.js';

/**
 * Whether a caller may answer a question. Without an assignee, everybody with the right may; the local user may answer every question.
 * After an escalation, the assignee and the new person may both answer.
 */
function mayAnswer(question: OpenRequest['question'], caller: Principal, users: NamedUsers, now: number): boolean {
  const { assignee } = question;
  if (assignee === undefined || caller.kind === 'local') return true;
  const other = escalatedTo(question, now);
  return isMeant(assignee, caller, users) || (other !== undefined && isMeant(other, caller, users));
}

/** Whether a name in a workflow means this caller. The caller's own id always matches. */
const isMeant = (name: string, { id }: Principal, users: NamedUsers): boolean =>
  name === id || `user:${name}` === id || principalCalled(name, users) === id;

/** The person that the question was escalated to; undefined before the escalation. */
export function escalatedTo(question: OpenRequest['question'], now: number): string | undefined {
  const { escalateTo, remindAt = Infinity, escalateAt = remindAt } = question;
  return escalateAt <= now ? escalateTo : undefined;
}

/** Errors: `forbidden` for someone else's question, `human_input_decided` for one that has expired. */
export function checkAnswerer(request: OpenRequest, caller: Principal, users: NamedUsers, now: number): void {
  const { assignee, dueAt } = request.question;
  if (!mayAnswer(request.question, caller, users, now))
    throw new HeddleError(
      'forbidden',
      `The question '${request.requestId}' is for ${assignee ?? 'somebody else'} to answer.${ambiguity(assignee, users)}`,
      { details: { requestId: request.requestId } },
    );
  if (dueAt !== undefined && dueAt <= now)
    throw new HeddleError('human_input_decided', `The time to answer '${request.requestId}' is over.`, {
      details: { requestId: request.requestId, dueAt },
    });
}

function ambiguity(assignee: string | undefined, users: NamedUsers): string {
  if (assignee === undefined || usersCalled(assignee, users).length < 2) return '';
  return ' Several users have that name: name one of them by email address in the workflow.';
}

/** The person to record for an answer. Only the local user can give another name in the request. */
export function answererOf(caller: Principal, said: string | undefined): string {
  return caller.kind === 'local' ? (said ?? caller.id) : caller.id;
}
