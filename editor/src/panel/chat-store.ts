import { z } from 'zod';

const ChatMessage = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  /** The run that answers, or answered. */
  runId: z.string().optional(),
  isFailure: z.boolean().optional(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

const Chat = z.array(ChatMessage);
const keyOf = (workflowId: string): string => `heddle.chat.${workflowId}`;
const mostKept = 200;

/** The conversation with a workflow that this browser keeps. */
export function recallChat(workflowId: string, storage: Pick<Storage, 'getItem'>): readonly ChatMessage[] {
  try {
    return Chat.parse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? '[]'));
  } catch {
    return []; // Written by another version.
  }
}

/** Keeps a conversation; a full storage is no reason to stop talking. */
export function keepChat(
  workflowId: string,
  messages: readonly ChatMessage[],
  storage: Pick<Storage, 'setItem'>,
): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(messages.slice(-mostKept)));
  } catch {
    // It holds until the page is closed.
  }
}

/** What a workflow is told: the whole conversation, without what failed, or the last words. */
export function chatInput(takes: 'messages' | 'text', messages: readonly ChatMessage[], words: string): unknown {
  if (takes === 'text') return words;
  return [
    ...messages.filter(({ isFailure }) => isFailure !== true).map(({ role, content }) => ({ role, content })),
    { role: 'user', content: words },
  ];
}

/** The text of an answer, whether it came as text or as messages. */
export function answerText(value: unknown): string {
  if (typeof value === 'string') return value;
  const messages = z.array(z.looseObject({ content: z.unknown() })).safeParse(value);
  const last = messages.success ? messages.data.at(-1)?.content : undefined;
  return typeof last === 'string' ? last : (JSON.stringify(value) ?? '');
}
