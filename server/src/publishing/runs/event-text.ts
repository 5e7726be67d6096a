import type { PublishedEvent } from '@heddle/core';

/** Writes one event of a stream. JSON contains no raw line breaks, so the data stays on one line. */
export function eventText({ type, ...data }: PublishedEvent): string {
  const id = 'seq' in data && data.seq !== undefined ? `id: ${data.seq}\n` : '';
  return `event: ${type}\n${id}data: ${JSON.stringify(type === 'result' && 'reply' in data ? data.reply : data)}\n\n`;
}
