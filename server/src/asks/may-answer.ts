import { HeddleError, type OpenAsk, type Principal } from '@heddle/core';

/**
 * Whether somebody is the one who is asked: a question without an assignee is anybody's who may answer, and the person at the
 * machine may answer all. From its escalation on, the one it is passed on to may answer as well.
 */
export function mayAnswer(question: OpenAsk['question'], caller: Principal, now: number): boolean {
  const { assignee } = question;
  if (assignee === undefined || caller.kind === 'local') return true;
  const isCaller = (name: string): boolean =>
    name === caller.id || name === caller.name || `user:${name}` === caller.id;
  const other = escalatedTo(question, now);
  return isCaller(assignee) || (other !== undefined && isCaller(other));
}

/** Who may answer as well by now; nobody before the time of the escalation. */
export function escalatedTo(question: OpenAsk['question'], now: number): string | undefined {
  const { escalateTo, remindAt = Infinity, escalateAt = remindAt } = question;
  return escalateAt <= now ? escalateTo : undefined;
}

/** Errors: `forbidden` for somebody else's question, `ask_decided` for one whose time is over. */
export function checkAnswerer(ask: OpenAsk, caller: Principal, now: number): void {
  const { assignee, dueAt } = ask.question;
  if (!mayAnswer(ask.question, caller, now))
    throw new HeddleError('forbidden', `The question '${ask.askId}' is for ${assignee ?? 'somebody else'} to answer.`, {
      details: { askId: ask.askId },
    });
  if (dueAt !== undefined && dueAt <= now)
    throw new HeddleError('ask_decided', `The time to answer '${ask.askId}' is over.`, {
      details: { askId: ask.askId, dueAt },
    });
}

/** Who answers, for the record: what a known caller says of themselves does not count. */
export function answererOf(caller: Principal, said: string | undefined): string {
  return caller.kind === 'local' ? (said ?? caller.id) : caller.id;
}
