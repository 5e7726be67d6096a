import {
  isAtMost,
  type ConversationQuery,
  type Conversations,
  type LabelLevel,
  type StoredConversation,
} from '@heddle/core';
import { setImmediate as nextTick } from 'node:timers/promises';

/** How many turns are decrypted in one step, because decryption takes time. */
const turnsAtOnce = 200;

/**
 * The conversations of a query, newest first. The text `search` must occur in the name, subject, workflow or turns, in any case. Text above the
 * reader's clearance is not searched, because a match would reveal it. Other work runs between the steps of a search.
 */
export async function* searchConversations(
  conversations: Pick<Conversations, 'list' | 'read'>,
  query: ConversationQuery,
  search: string | undefined,
  clearanceOf: (conversation: StoredConversation) => LabelLevel | Promise<LabelLevel> = () => 'restricted',
): AsyncGenerator<StoredConversation> {
  const wanted = search?.toLowerCase();
  let { after } = query;
  for (;;) {
    const found = await conversations.list({ ...query, after });
    for (const conversation of found)
      if (wanted === undefined || (await holds(conversations, conversation, wanted, await clearanceOf(conversation))))
        yield conversation;
    after = found.at(-1);
    if (found.length < query.limit) return;
    await nextTick();
  }
}

async function holds(
  conversations: Pick<Conversations, 'read'>,
  { id, title, owner, turns, level }: StoredConversation,
  wanted: string,
  clearance: LabelLevel,
): Promise<boolean> {
  const names = [isAtMost(level, clearance) ? (title ?? '') : '', owner?.subject ?? '', owner?.workflow ?? ''];
  if (names.some((name) => name.toLowerCase().includes(wanted))) return true;
  for (let before = turns + 1; before > 1; before -= turnsAtOnce) {
    await nextTick();
    const said = (await conversations.read(id, { limit: turnsAtOnce, before }))?.said ?? [];
    const readable = said.filter(({ label }) => isAtMost(label.level, clearance));
    if (readable.some(({ message }) => textsOf(message.content).some((text) => text.toLowerCase().includes(wanted))))
      return true;
  }
  return false;
}

/** All texts in a message. */
function textsOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content];
  if (typeof content !== 'object' || content === null) return [];
  return Object.values(content).flatMap(textsOf);
}
