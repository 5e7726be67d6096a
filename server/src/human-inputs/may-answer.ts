import { HeddleError, type OpenRequest, type Principal } from '@heddle/core';
import { principalCalled, usersCalled, type NamedUsers } from './named-users.js';

/**
 * Whether somebody is the one who is asked: a question without an assignee is anybody's who may answer, and the person at the
 * machine may answer all. From its escalation on, the one it is passed on to may answer as well.
 */
export function mayAnswer(
  question: OpenRequest['question'],
  caller: Principal,
  users: NamedUsers,
  now: number,
): boolean {
  const { assignee } = question;
  if (assignee === undefined || caller.kind === 'local') return true;
  const other = escalatedTo(question, now);
  return isMeant(assignee, caller, users) || (other !== undefined && isMeant(other, caller, users));
}

/** Whether a name in a workflow means this caller. One's own id always does. */
const isMeant = (name: string, { id }: Principal, users: NamedUsers): boolean =>
  name === id || `user:${name}` === id || principalCalled(name, users) === id;

/** Who may answer as well by now; nobody before the time of the escalation. */
export function escalatedTo(question: OpenRequest['question'], now: number): string | undefined {
  const { escalateTo, remindAt = Infinity, escalateAt = remindAt } = question;
  return escalateAt <= now ? escalateTo : undefined;
}

/** Errors: `forbidden` for somebody else's question, `human_input_decided` for one whose time is over. */
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

/** Who answers, for the record: what a known caller says of themselves does not count. */
export function answererOf(caller: Principal, said: string | undefined): string {
  return caller.kind === 'local' ? (said ?? caller.id) : caller.id;
}
