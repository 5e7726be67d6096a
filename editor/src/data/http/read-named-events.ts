/** An event of a stream: its name, and its data as JSON. */
export interface NamedEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Yields the named events of a stream as they arrive. Invalid JSON ends the stream with an error. */
export async function* readNamedEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<NamedEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const lines = block.split('\n');
        const of = (field: string): readonly string[] =>
          lines.flatMap((line) => (line.startsWith(`${field}:`) ? [line.slice(field.length + 1).trimStart()] : []));
        const data = of('data').join('\n');
        if (data !== '') yield { event: of('event')[0] ?? 'message', data: JSON.parse(data) as unknown };
      }
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => undefined); // the stream has ended or was cancelled: both are fine
  }
}
