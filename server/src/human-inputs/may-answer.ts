import { HeddleError, type OpenRequest, type Principal } from '@heddle/core';
import { principalCalled, usersCalled, type NamedUsers } from './named-users.js';

/**
 * Whether a caller is asked. A question without an assignee is for everybody who may answer, and the local user may answer every
 * question. After its escalation, the person it was escalated to may answer too.
 */
function mayAnswer(question: OpenRequest['question'], caller: Principal, users: NamedUsers, now: number): boolean {
  const { assignee } = question;
  if (assignee === undefined || caller.kind === 'local') return true;
  const other = escalatedTo(question, now);
  return isMeant(assignee, caller, users) || (other !== undefined && isMeant(other, caller, users));
}

/** Whether a name in a workflow means this caller. The caller's own id always does. */
const isMeant = (name: string, { id }: Principal, users: NamedUsers): boolean =>
  name === id || `user:${name}` === id || principalCalled(name, users) === id;

/** Who may answer because of the escalation; undefined before it. */
export function escalatedTo(question: OpenRequest['question'], now: number): string | undefined {
  const { escalateTo, remindAt = Infinity, escalateAt = remindAt } = question;
  return escalateAt <= now ? escalateTo : undefined;
}

/** Errors: `forbidden` for a question to somebody else, `human_input_decided` for one that has expired. */
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

/** Who answers, for the record. The identity of a known caller wins over the name in the request. */
export function answererOf(caller: Principal, said: string | undefined): string {
  return caller.kind === 'local' ? (said ?? caller.id) : caller.id;
}
