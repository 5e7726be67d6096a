/** One message of an event stream. */
export interface Message {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/**
 * Reads the messages of an event stream (WHATWG HTML, server-sent events) as they arrive. A message that is cut off at the end is left out.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  let waiting = '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      waiting += done ? decoder.decode() : decoder.decode(value, { stream: true });
      // A carriage return at the end may be the first half of a line end.
      const blocks = waiting.replace(/\r\n|\r(?!$)/g, '\n').split('\n\n');
      waiting = blocks.pop() ?? '';
      for (const block of blocks) {
        const message = messageOf(block);
        if (message !== undefined) yield message;
      }
      if (done) return;
    }
  } finally {
    // A caller that stops reading ends the request.
    await reader.cancel().catch(() => undefined);
  }
}

function messageOf(block: string): Message | undefined {
  const fields = new Map<string, string[]>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name !== '') fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { event: fields.get('event')?.at(-1) ?? 'message', id: fields.get('id')?.at(-1), data: data.join('\n') };
}
