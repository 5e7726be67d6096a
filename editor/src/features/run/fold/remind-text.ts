import type { RunEventOf } from '@heddle/core';

/** A reminder or an escalation of a request, as text. */
export function remindText({ stage, to }: Pick<RunEventOf<'human-input-remind'>, 'stage' | 'to'>): string {
  return stage === 'escalation'
    ? `Escalated to ${to ?? 'another person'}, who may now answer too.`
    : `Not answered yet: ${to === undefined ? 'reminder sent' : `${to} is reminded`}.`;
}
