import type { ResponseOutputItem, ResponseReply } from '@heddle/core';
import { messageItem, outputText, reasoningItem } from './response-reply.js';
import { messageIdOf, reasoningIdOf } from './response-ids.js';

interface OpenItem {
  readonly kind: 'reasoning' | 'message';
  readonly index: number;
  text: string;
}

/** Sends the events of a response, in the order and with the names that OpenAI clients expect. */
export class ResponseEvents {
  private number = 0;
  private written = 0;
  private open: OpenItem | undefined;

  constructor(
    private readonly runId: string,
    private readonly send: (event: object) => Promise<void>,
  ) {}

  async begin(response: ResponseReply): Promise<void> {
    await this.sendEvent('response.created', { response });
    await this.sendEvent('response.in_progress', { response });
  }

  /** Sends a piece of the reasoning or of the answer. */
  async write(kind: OpenItem['kind'], delta: string): Promise<void> {
    const item = await this.opened(kind);
    item.text += delta;
    const at = { item_id: this.idOf(kind), output_index: item.index, content_index: 0, delta };
    if (kind === 'reasoning') await this.sendEvent('response.reasoning_text.delta', at);
    else await this.sendEvent('response.output_text.delta', { ...at, logprobs: [] });
  }

  /** Sends the end of an answer: its remaining items and the whole response. */
  async end(response: ResponseReply): Promise<void> {
    for (const item of response.output) {
      if (item.type === 'function_call') await this.call(item);
      else if (item.type === 'message') {
        await this.opened('message');
        await this.close(item.status);
      } else if (this.open?.kind === 'reasoning') await this.close();
      else if (this.written === 0) {
        await this.write('reasoning', item.content[0]?.text ?? '');
        await this.close();
      }
    }
    await this.sendEvent(response.status === 'incomplete' ? 'response.incomplete' : 'response.completed', { response });
  }

  /** The last event of a response that failed. */
  failed(response: ResponseReply): object {
    return this.event('response.failed', { response });
  }

  /** The last event if the caller can no longer follow the response. */
  lost({ code, message }: { readonly code: string; readonly message: string }): object {
    return this.event('error', { code, message, param: null });
  }

  private async opened(kind: OpenItem['kind']): Promise<OpenItem> {
    if (this.open?.kind === kind) return this.open;
    await this.close();
    const item: OpenItem = { kind, index: this.written, text: '' };
    this.written += 1;
    this.open = item;
    const at = { output_index: item.index };
    const empty =
      kind === 'message'
        ? messageItem(this.runId, '', 'in_progress')
        : { ...reasoningItem(this.runId, ''), status: 'in_progress', content: [] };
    await this.sendEvent('response.output_item.added', { ...at, item: empty });
    const part = { item_id: this.idOf(kind), content_index: 0, part: partOf(kind, '') };
    await this.sendEvent('response.content_part.added', { ...at, ...part });
    return item;
  }

  private async close(status: 'in_progress' | 'completed' | 'incomplete' = 'completed'): Promise<void> {
    const item = this.open;
    if (item === undefined) return;
    this.open = undefined;
    const { kind, index, text } = item;
    const at = { item_id: this.idOf(kind), output_index: index, content_index: 0 };
    if (kind === 'reasoning') await this.sendEvent('response.reasoning_text.done', { ...at, text });
    else await this.sendEvent('response.output_text.done', { ...at, text, logprobs: [] });
    await this.sendEvent('response.content_part.done', { ...at, part: partOf(kind, text) });
    const done = kind === 'message' ? messageItem(this.runId, text, status) : reasoningItem(this.runId, text);
    await this.sendEvent('response.output_item.done', { output_index: index, item: done });
  }

  /** Sends a function call in one piece, because it is known only when it is complete. */
  private async call(item: Extract<ResponseOutputItem, { type: 'function_call' }>): Promise<void> {
    await this.close();
    const index = this.written;
    this.written += 1;
    const at = { item_id: item.id, output_index: index };
    await this.sendEvent('response.output_item.added', {
      output_index: index,
      item: { ...item, status: 'in_progress', arguments: '' },
    });
    await this.sendEvent('response.function_call_arguments.delta', { ...at, delta: item.arguments });
    await this.sendEvent('response.function_call_arguments.done', {
      ...at,
      name: item.name,
      arguments: item.arguments,
    });
    await this.sendEvent('response.output_item.done', { output_index: index, item });
  }

  private idOf(kind: OpenItem['kind']): string {
    return kind === 'message' ? messageIdOf(this.runId) : reasoningIdOf(this.runId);
  }

  private sendEvent(type: string, about: object): Promise<void> {
    return this.send(this.event(type, about));
  }

  private event(type: string, about: object): object {
    const event = { type, sequence_number: this.number, ...about };
    this.number += 1;
    return event;
  }
}

const partOf = (kind: OpenItem['kind'], text: string) =>
  kind === 'message' ? outputText(text) : { type: 'reasoning_text', text };
