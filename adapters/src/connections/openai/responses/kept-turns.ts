import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Message } from '@heddle/core';
import type { ResponseOutputItem } from 'openai/resources/responses/responses';
import { createTurnMemory } from '../../shared/turn-memory.js';
import { argumentsText } from '../openai-messages.js';

/** The output items that may be sent back: the model's reasoning, text and calls. */
export type TurnItem = Extract<ResponseOutputItem, { readonly type: 'reasoning' | 'message' | 'function_call' }>;

/**
 * Remembers the items of answers that called tools, with encrypted reasoning, which the model needs together with the tool results. They
 * are found only in their own conversation, and only while its text and calls are unchanged. If a redaction or a person has changed an
 * answer, it is sent without the items.
 */
export interface KeptTurns {
  keep(before: readonly Message[], items: readonly TurnItem[]): void;
  find(before: readonly Message[], turn: Message, text: string): readonly TurnItem[] | undefined;
}

/** Creates a memory for the answers of a connection, for each of its models. */
export function createKeptTurns(): (model: string) => KeptTurns {
  const memory = createTurnMemory<readonly TurnItem[]>();
  return (model) => ({
    keep(before, items) {
      const [first] = callsOf(items);
      if (first !== undefined) memory.keep(keyOf(model, before, first.call_id), items);
    },
    find(before, turn, text) {
      const calls = turn.toolCalls ?? [];
      const [first] = calls;
      const items = first === undefined ? undefined : memory.find(keyOf(model, before, first.id));
      if (items === undefined || saidIn(items) !== text) return undefined;
      const kept = callsOf(items).map(({ call_id: id, name, arguments: given }) => [id, name, valueOf(given)]);
      const sent = calls.map((call) => [call.id, call.name, valueOf(argumentsText(call.arguments))]);
      return isDeepStrictEqual(kept, sent) ? items : undefined;
    },
  });
}

const callsOf = (items: readonly TurnItem[]) => items.filter((item) => item.type === 'function_call');

function saidIn(items: readonly TurnItem[]): string {
  return items
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : part.refusal))
    .join('');
}

/**
 * Some servers repeat call ids, so the messages before the call are part of the key. Tool results are not, because they may be shortened
 * later.
 */
function keyOf(model: string, before: readonly Message[], callId: string): string {
  const hash = createHash('sha256').update(JSON.stringify([model, callId]));
  for (const { role, content } of before)
    if (role === 'system' || role === 'user') hash.update(JSON.stringify([role, content]));
  return hash.digest('base64url');
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
