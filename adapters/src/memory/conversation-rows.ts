import {
  Citation,
  isPlainObject,
  joinLabels,
  Label,
  labelOf,
  LabelLevel,
  Message,
  type ConversationOwner,
  type StoredConversation,
  type StoredTurn,
} from '@heddle/core';
import { z } from 'zod';
import { cipherOf, type SealingCipher } from './sealing.js';

/**
 * A row of `conversations` with its key. Project, workflow and subject are either all set or all null: then the conversation has no owner.
 */
export interface ConversationRow {
  readonly number: number;
  readonly id: string;
  readonly project: string | null;
  readonly workflow: string | null;
  readonly subject: string | null;
  /** The name that an older version gave it, or an empty text. */
  readonly session: string;
  readonly title: Buffer | null;
  readonly run: string | null;
  readonly is_recorded: number;
  readonly turns: number;
  readonly level: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly key: Buffer | null;
}
/** A row together with the source of its title. */
export interface TitledRow extends ConversationRow {
  /** The first message, if the title is made from it. */
  readonly first: Buffer | null;
}

const columns = `number, id, project, workflow, subject, session, title, run, is_recorded, turns, level, created_at, updated_at,
  (SELECT key FROM conversation_keys WHERE conversation_keys.number = conversations.number) AS key`;

export const selectConversations = `SELECT ${columns} FROM conversations`;

export const selectTitled = `SELECT ${columns}, CASE WHEN title IS NULL AND session = '' THEN (SELECT message FROM conversation_turns
    WHERE conversation = conversations.number ORDER BY position LIMIT 1) END AS first
  FROM conversations`;

export interface TurnRow {
  readonly message: Buffer;
  readonly label: string;
  readonly time: number;
  readonly run: string | null;
}
export interface SummaryRow {
  readonly text: Buffer;
  readonly label: string;
  readonly turns: number;
}

/** Levels are stored as their ranks, so that SQL can find the strictest. */
export const rankOf = (level: LabelLevel): number => LabelLevel.options.indexOf(level);

export const strictest = (labels: readonly Label[]): number =>
  labels.reduce((rank, { level }) => Math.max(rank, rankOf(level)), 0);

/** Caches parsed labels by their text: the turns of a conversation have few different labels. */
const labels = new Map<string, Label>();
const mostLabels = 1_000;

export function labelFrom(text: string): Label {
  const known = labels.get(text);
  if (known !== undefined) return known;
  const { level, marks } = Label.parse(JSON.parse(text));
  const label = labelOf(level, marks);
  if (labels.size >= mostLabels) labels.clear();
  labels.set(text, label);
  return label;
}

/** A message with its citations. Older versions stored the message alone. */
const Cited = z.object({ message: Message, citations: z.array(Citation) });

export const sealedTurn = (
  message: Message,
  citations: readonly Citation[],
  cipher: Pick<SealingCipher, 'seal'>,
): Buffer => cipher.seal(JSON.stringify(citations.length === 0 ? message : { message, citations }));

export const turnFrom = ({ message, label, time, run }: TurnRow, cipher: SealingCipher): StoredTurn => ({
  ...citedFrom(message, cipher),
  label: labelFrom(label),
  time,
  run: run ?? undefined,
});

function citedFrom(sealed: Buffer, cipher: SealingCipher): Pick<StoredTurn, 'message' | 'citations'> {
  const value: unknown = JSON.parse(cipher.open(sealed));
  const isCited = isPlainObject(value) && 'message' in value;
  return isCited ? Cited.parse(value) : { message: Message.parse(value) };
}

export const summaryFrom = ({ text, label, turns }: SummaryRow, cipher: SealingCipher) => ({
  text: cipher.open(text),
  turns,
  label: labelFrom(label),
});

/** The label of a new summary. It is made from the earlier summary too, so its label cannot be lower. */
export const joinedWith = (label: Label, before: SummaryRow | undefined): Label =>
  before === undefined ? label : joinLabels(label, labelFrom(before.label));

/** In characters, for a title that is made from the first question. */
const longestTitle = 80;

export const cipherOfRow = ({ key, id }: Pick<ConversationRow, 'key' | 'id'>): SealingCipher =>
  cipherOf('conversation', key, id);

export function conversationFrom(row: TitledRow): StoredConversation {
  const { id, turns, level, run, created_at: createdAt, updated_at: updatedAt } = row;
  return {
    id,
    owner: ownerFrom(row),
    title: titleFrom(row),
    turns,
    level: LabelLevel.options[level] ?? 'restricted',
    createdAt,
    updatedAt,
    run: run ?? undefined,
  };
}

/** The title that it was given, or the name from an older version, or the beginning of its first question. */
function titleFrom(row: TitledRow): string | undefined {
  const { title, session, first } = row;
  if (title !== null) return cipherOfRow(row).open(title);
  if (session !== '') return session;
  if (first === null) return undefined;
  const { content } = citedFrom(first, cipherOfRow(row)).message;
  return typeof content === 'string' ? content.slice(0, longestTitle) : undefined;
}

function ownerFrom({ project, workflow, subject }: ConversationRow): ConversationOwner | undefined {
  return project === null || workflow === null || subject === null ? undefined : { project, workflow, subject };
}
