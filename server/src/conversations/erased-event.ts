import type { AuditEvent, ErasedConversations } from '@heddle/core';

/** What is erased: one conversation, or those that filters found. */
export interface ErasedSubject {
  readonly subject: 'conversations' | `conversation:${string}`;
  readonly project?: string | undefined;
  /** The names of the filters. */
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
