import type { AuditEvent, ErasedConversations, ErasedFacts } from '@heddle/core';

/** What was erased: one conversation, or those that matched filters. */
export interface ErasedSubject {
  readonly subject: 'conversations' | `conversation:${string}`;
  readonly project?: string | undefined;
  /** The names of the filters, without their values. */
  readonly by?: readonly string[];
}

/** The audit event of an erasure: counts and hashes, without content. */
export function erasedEvent(
  who: string,
  { subject, project, by }: ErasedSubject,
  { conversations, turns, hashes, rows }: ErasedConversations,
): AuditEvent {
  return {
    kind: 'erase',
    who,
    project,
    subject,
    details: { step: 'conversations', by, conversations, turns, hashes, rows },
  };
}

/** What was erased: one fact, or those that matched filters. */
export interface ErasedFactSubject extends Omit<ErasedSubject, 'subject'> {
  readonly subject: 'facts' | `fact:${string}`;
}

/** The audit event of an erasure of facts: their number and hashes, without content. */
export function factsErased(who: string, { by, ...about }: ErasedFactSubject, erased: ErasedFacts): AuditEvent {
  return { kind: 'erase', who, ...about, details: { step: 'facts', by, ...erased } };
}
