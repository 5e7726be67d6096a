import {
  joinLabels,
  Label,
  labelOf,
  LabelLevel,
  Message,
  type ConversationOwner,
  type MemoryTurn,
  type StoredConversation,
} from '@heddle/core';
import type { ConversationCipher } from './conversation-keys.js';

/** A row of `conversations`. Project, workflow and subject are null together: it has no owner. */
export interface ConversationRow {
  readonly number: number;
  readonly id: string;
  readonly project: string | null;
  readonly workflow: string | null;
  readonly subject: string | null;
  readonly session: string;
  readonly turns: number;
  readonly level: number;
  readonly created_at: number;
  readonly updated_at: number;
}
export interface TurnRow {
  readonly message: Buffer;
  readonly label: string;
  readonly time: number;
}
export interface SummaryRow {
  readonly text: Buffer;
  readonly label: string;
  readonly turns: number;
}

/** Levels are stored by their rank, so that SQL finds the strictest. */
export const rankOf = (level: LabelLevel): number => LabelLevel.options.indexOf(level);

export const strictest = (labels: readonly Label[]): number =>
  labels.reduce((rank, { level }) => Math.max(rank, rankOf(level)), 0);

export function labelFrom(text: string): Label {
  const { level, marks } = Label.parse(JSON.parse(text));
  return labelOf(level, marks);
}

export const turnFrom = ({ message, label, time }: TurnRow, cipher: ConversationCipher): MemoryTurn => ({
  message: Message.parse(JSON.parse(cipher.open(message))),
  label: labelFrom(label),
  time,
});

export const summaryFrom = ({ text, label, turns }: SummaryRow, cipher: ConversationCipher) => ({
  ...{ text: cipher.open(text), turns },
  label: labelFrom(label),
});

/** A summary is made from the one before it, so it cannot have a lower label. */
export const joinedWith = (label: Label, before: SummaryRow | undefined): Label =>
  before === undefined ? label : joinLabels(label, labelFrom(before.label));

export function conversationFrom(row: ConversationRow): StoredConversation {
  const { id, session, turns, level, created_at: createdAt, updated_at: updatedAt } = row;
  const owner = ownerFrom(row);
  return {
    id,
    owner,
    ...{ session, turns, createdAt, updatedAt },
    level: LabelLevel.options[level] ?? 'restricted',
  };
}

function ownerFrom({ project, workflow, subject }: ConversationRow): ConversationOwner | undefined {
  return project === null || workflow === null || subject === null ? undefined : { project, workflow, subject };
}
