import type { RunEventOf } from '@heddle/core';

/** Describes a reminder or an escalation of a request. */
export function remindText({ stage, to }: Pick<RunEventOf<'human-input-remind'>, 'stage' | 'to'>): string {
  return stage === 'escalation'
    ? `Escalated to ${to ?? 'another person'}, who may now answer too.`
    : `Not answered yet: ${to === undefined ? 'reminder sent' : `${to} is reminded`}.`;
}
