import {
  HeddleError,
  type Documents,
  type Files,
  type SafeFetch,
  type SafeRequest,
  type SafeResponse,
  type Tokenizer,
} from '@heddle/core';

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const destination = { name: 'web', clearance: 'internal', isLocal: false } as const;

/** Parses every text except `broken`, and splits at `|`. */
export const documents: Documents = {
  parse: async (content, options) => {
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    if (text === 'broken') throw new HeddleError('document_damaged', 'The file is damaged: save it again.');
    return {
      mediaType: 'text/markdown',
      format: 'markdown',
      text,
      title: `T ${options?.name ?? ''}`,
      spans: [{ start: 0, end: text.length, page: 2 }],
    };
  },
  split: ({ text, spans }) =>
    text.split('|').map((part, index) => ({
      text: part,
      tokens: 1,
      place: { start: index, page: spans[0]?.page },
    })),
};
/** Counts characters. */
export const tokenizer: Tokenizer = { id: 't', count: (text) => text.length, offsets: () => [] };
/** Three files in every folder; the PDF is broken. */
export const files: Files = {
  list: async (path) =>
    ['a.md', 'bad.pdf', 'c.txt'].map((name) => ({ path: `${path}/${name}`, size: 1, changedAt: 0 })),
  read: async (path) => bytes(path.endsWith('bad.pdf') ? 'broken' : `text of ${path}`),
};

/** A fake web that replies as a test says and keeps the requests it received. */
export function web(
  reply: (request: SafeRequest) => Partial<SafeResponse> & { text?: string },
): SafeFetch & { requests: SafeRequest[] } {
  const requests: SafeRequest[] = [];
  return {
    requests,
    destination,
    fetch: async (request) => {
      requests.push(request);
      const { text = '', ...rest } = reply(request);
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: bytes(text), url: request.url, ...rest };
    },
  };
}
