import type { RunEventOf } from '@heddle/core';

/** A reminder or an escalation of a question, in words. */
export function remindWords({ stage, to }: Pick<RunEventOf<'ask-remind'>, 'stage' | 'to'>): string {
  return stage === 'escalation'
    ? `Passed on to ${to ?? 'somebody else'}, who may answer as well from now on.`
    : `Not answered yet: ${to === undefined ? 'a reminder' : `${to} is reminded`}.`;
}
