import { extname } from 'node:path/posix';
import { withoutUndefined, type SafeResponse } from '@heddle/core';
import { z } from 'zod';

const Stored = z.object({ etag: z.string().optional(), modified: z.string().optional(), links: z.array(z.string()) });

const longestNote = 100_000;

/** What a crawl remembers of a page: the values for a conditional request, and its links in case it has not changed. */
export class CrawlNote {
  private readonly stored: z.infer<typeof Stored>;

  private constructor(stored: z.infer<typeof Stored>) {
    this.stored = stored;
  }

  static read(text: string | undefined): CrawlNote | undefined {
    if (text === undefined) return undefined;
    const { data } = Stored.safeParse(JSON.parse(text));
    return data === undefined ? undefined : new CrawlNote(data);
  }

  /** The text to store; undefined for a page with too many links, which is loaded in every sync. */
  static of(headers: SafeResponse['headers'], links: readonly string[]): string | undefined {
    const { etag, 'last-modified': modified } = headers;
    const text = JSON.stringify({ etag, modified, links });
    return text.length <= longestNote ? text : undefined;
  }

  get links(): readonly string[] {
    return this.stored.links;
  }

  /** The headers for a request that gets a 304 if nothing has changed. */
  conditions(): Readonly<Record<string, string>> {
    return conditionsOf(this.stored);
  }
}

export const conditionsOf = ({
  etag,
  modified,
}: {
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}): Readonly<Record<string, string>> => withoutUndefined({ 'if-none-match': etag, 'if-modified-since': modified });

const typeOf = ({ headers }: SafeResponse): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Whether a reply is an HTML page. */
export const isPage = (reply: SafeResponse): boolean => ['text/html', 'application/xhtml+xml'].includes(typeOf(reply));

const documentTypes =
  /^(?:text\/(?:plain|markdown|x-markdown|csv|tab-separated-values|rtf|x-rst)|application\/(?:pdf|rtf|epub\+zip|msword|json|x-ndjson|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\..+|vnd\.ms-(?:excel|powerpoint)))$/;
const documentSuffixes: ReadonlySet<string> = new Set([
  ...['.pdf', '.docx', '.pptx', '.xlsx', '.odt', '.ods', '.odp', '.epub', '.rtf', '.md', '.txt', '.csv', '.eml'],
]);

/** Whether a reply is a document. If it has no type, the suffix of its address decides. */
export function isDocumentType(address: string, reply: SafeResponse): boolean {
  const type = typeOf(reply);
  if (documentTypes.test(type)) return true;
  const isUntyped = type === '' || type === 'application/octet-stream' || type === 'binary/octet-stream';
  return isUntyped && documentSuffixes.has(extname(new URL(address).pathname).toLowerCase());
}
