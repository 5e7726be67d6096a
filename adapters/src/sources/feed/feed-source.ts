import {
  HeddleError,
  type SafeRequest,
  type SafeResponse,
  type SourceChange,
  type SourceConnector,
  type SourceContent,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { conditionsOf } from '../web/page-note.js';
import { askedToWait } from '../web/retry-after.js';
import { escaped, readFeed, type FeedEntry } from './read-feed.js';

const FeedConfig = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'Write a whole address such as https://example.com/feed.xml' })
    .max(2_000)
    .meta({ title: 'Address', description: 'The address of an RSS or Atom feed.' }),
  content: z
    .enum(['feed', 'pages'])
    .default('feed')
    .meta({
      title: 'Content',
      labels: { feed: 'The text in the feed', pages: 'The page of each entry' },
      description: 'What becomes a document: the text in the feed, or the page that an entry links to.',
    }),
  keep: z
    .enum(['all', 'listed'])
    .default('all')
    .meta({
      title: 'Old entries',
      labels: { all: 'Stay', listed: 'Are removed' },
      description: 'Whether entries that the feed no longer lists are kept (all) or removed (listed).',
    }),
  delayMs: z.int().min(0).max(60_000).default(500).meta({
    title: 'Pause',
    description: 'Milliseconds between two pages.',
  }),
});
type FeedConfig = z.infer<typeof FeedConfig>;

/** The values for a conditional request of the feed. */
const FeedCursor = z.object({ etag: z.string().optional(), modified: z.string().optional() });

const largestFeed = 20_000_000;

/** The connector for entries of an RSS or Atom feed. */
export const feedSource: SourceConnector<FeedConfig> = {
  kind: 'feed',
  title: 'Feed',
  description: 'Entries of an RSS or Atom feed, or the pages that they link to.',
  config: FeedConfig,
  capabilities: { isIncremental: true, hasReaders: false, secret: 'optional', isUntrusted: true },
  changes,
};

async function* changes(request: SourceRequest<FeedConfig>): AsyncGenerator<SourceChange> {
  const { config, cursor } = request;
  const { url, keep } = config;
  const reply = await ask(request, {
    url,
    maxBytes: largestFeed,
    headers: {
      accept: 'application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5',
      ...conditionsOf(readCursor(cursor)),
    },
  });
  if (reply.status === 304) {
    yield { type: 'checkpoint', cursor };
    return;
  }
  checkStatus(url, reply);
  const entries = await readFeed(new TextDecoder().decode(reply.body), url);
  const isListing = keep === 'listed';
  if (isListing) yield { type: 'listing' };
  for (const entry of newest(entries)) yield { type: 'upsert', document: documentOf(request, entry, reply.url) };
  // With pages, there is no cursor: a page that failed to load must be tried again in the next sync, even if the feed has not changed.
  yield { type: 'checkpoint', cursor: config.content === 'pages' ? undefined : cursorOf(reply), isComplete: isListing };
}

/** Of several entries with the same id, keeps the first, because feeds list the newest first. */
const newest = (entries: readonly FeedEntry[]): Iterable<FeedEntry> =>
  new Map([...entries].reverse().map((entry) => [entry.id, entry])).values();

function documentOf(request: SourceRequest<FeedConfig>, entry: FeedEntry, feedUrl: string): SourceDocument {
  const { id, title, link, updated } = entry;
  const url = link !== undefined && URL.canParse(link, feedUrl) ? new URL(link, feedUrl).href : undefined;
  const modified = Date.parse(updated ?? '');
  const about = {
    id: id.slice(0, 1_000),
    url,
    ...(title === '' ? {} : { title: plain(title).slice(0, 1_000) }),
    ...(Number.isNaN(modified) ? {} : { modified }),
  };
  if (request.config.content === 'feed' || url === undefined)
    return {
      ...about,
      content: contentOf(entry),
      mediaType: entry.isHtml ? 'text/html' : 'text/plain',
    } as SourceDocument;
  // A page is loaded again only when its entry changes.
  return { ...about, etag: `${updated ?? ''}|${entry.content.slice(0, 2_000)}`, content: () => loadPage(request, url) };
}

const contentOf = ({ content, title, isHtml }: FeedEntry): string => {
  if (!isHtml) return content === '' ? plain(title) : content;
  return `<html><head><title>${escaped(plain(title))}</title></head><body>${content}</body></html>`;
};

/** Removes markup from a title, which some feeds escape twice. */
const plain = (title: string): string => title.replace(/<[^>]*>/g, '').trim();

async function loadPage(request: SourceRequest<FeedConfig>, url: string): Promise<SourceContent> {
  if (request.config.delayMs > 0) await request.wait(request.config.delayMs);
  const reply = await ask(request, { url, maxBytes: request.maxBytes });
  if (reply.status !== 200) throw new HeddleError('fetch_status', `'${url}' answered with status ${reply.status}.`);
  return { content: reply.body, mediaType: reply.headers['content-type']?.split(';')[0]?.trim() };
}

/** Makes a request. The secret is sent only to the host of the feed. Errors: those of `fetch`, `source_rate_limited`. */
async function ask(
  { fetch, secret, config, signal, now }: SourceRequest<FeedConfig>,
  given: SafeRequest,
): Promise<SafeResponse> {
  const isOwn = new URL(given.url).origin === new URL(config.url).origin;
  const signIn =
    secret === undefined || !isOwn
      ? {}
      : { signIn: { secret: secret.handle, header: 'authorization', scheme: 'bearer' as const } };
  const reply = await fetch.fetch({ ...given, ...signIn, signal });
  if (reply.status === 429 || (reply.status === 503 && reply.headers['retry-after'] !== undefined))
    throw askedToWait(given.url, reply.headers, now());
  return reply;
}

function checkStatus(url: string, { status }: SafeResponse): void {
  if (status === 200) return;
  if (status === 401 || status === 403)
    throw new HeddleError(
      'source_unauthorized',
      `'${url}' refuses the sign-in (status ${status}): set the secret of the source.`,
    );
  if (status >= 500) throw new HeddleError('source_unreachable', `'${url}' answered with status ${status}.`);
  throw new HeddleError('source_failed', `'${url}' answered with status ${status}: correct the address of the source.`);
}

function readCursor(cursor: string | undefined): z.infer<typeof FeedCursor> {
  if (cursor === undefined) return {};
  try {
    return FeedCursor.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new HeddleError('source_cursor_invalid', 'The cursor of the feed cannot be read.', { cause });
  }
}

/** The cursor; undefined if the reply has neither header, so that each sync reads the whole feed. */
function cursorOf({ headers }: SafeResponse): string | undefined {
  const { etag, 'last-modified': modified } = headers;
  return etag === undefined && modified === undefined ? undefined : JSON.stringify({ etag, modified });
}
