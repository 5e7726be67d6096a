import { extname } from 'node:path/posix';
import { withoutUndefined, type SafeResponse } from '@heddle/core';
import { z } from 'zod';

const Stored = z.object({ etag: z.string().optional(), modified: z.string().optional(), links: z.array(z.string()) });

const longestNote = 100_000;

/** What a crawl keeps of a page: how to ask whether it changed, and where it leads if it did not. */
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

  /** The text to keep; undefined for a page with too many links, which is loaded in each sync. */
  static of(headers: SafeResponse['headers'], links: readonly string[]): string | undefined {
    const { etag, 'last-modified': modified } = headers;
    const text = JSON.stringify({ etag, modified, links });
    return text.length <= longestNote ? text : undefined;
  }

  get links(): readonly string[] {
    return this.stored.links;
  }

  /** The headers of a request that is answered with 304 if nothing changed. */
  conditions(): Readonly<Record<string, string>> {
    return conditionsOf(this.stored);
  }
}

/** The headers of a conditional request. */
export const conditionsOf = ({
  etag,
  modified,
}: {
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}): Readonly<Record<string, string>> => withoutUndefined({ 'if-none-match': etag, 'if-modified-since': modified });

const typeOf = ({ headers }: SafeResponse): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Whether a reply is a page with links. */
export const isPage = (reply: SafeResponse): boolean => ['text/html', 'application/xhtml+xml'].includes(typeOf(reply));

const documentTypes =
  /^(?:text\/(?:plain|markdown|x-markdown|csv|tab-separated-values|rtf|x-rst)|application\/(?:pdf|rtf|epub\+zip|msword|json|x-ndjson|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\..+|vnd\.ms-(?:excel|powerpoint)))$/;
const documentSuffixes: ReadonlySet<string> = new Set([
  ...['.pdf', '.docx', '.pptx', '.xlsx', '.odt', '.ods', '.odp', '.epub', '.rtf', '.md', '.txt', '.csv', '.eml'],
]);

/** Whether a reply is a document. What a site sends without a type is taken by its suffix. */
export function isDocumentType(address: string, reply: SafeResponse): boolean {
  const type = typeOf(reply);
  if (documentTypes.test(type)) return true;
  const isUntyped = type === '' || type === 'application/octet-stream' || type === 'binary/octet-stream';
  return isUntyped && documentSuffixes.has(extname(new URL(address).pathname).toLowerCase());
}
