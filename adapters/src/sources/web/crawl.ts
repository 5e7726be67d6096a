import {
  HeddleError,
  toErrorValue,
  toHeddleError,
  withoutUndefined,
  type SafeResponse,
  type SourceChange,
  type SourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { CrawlNote, isDocumentType, isPage } from './page-note.js';
import { readPage, type PageFacts } from './read-page.js';
import { askedToWait } from './retry-after.js';
import { readRobots, type Robots } from './robots.js';
import { readSitemaps } from './sitemap.js';
import { WebScope, type WebConfig } from './web-config.js';

/** The state of a crawl: the waiting pages with their distance from the first page, the pages seen so far, and the number of documents. */
const CrawlState = z.object({
  queue: z.array(z.tuple([z.string(), z.int()])).max(100_000),
  seen: z.array(z.string()).max(200_000),
  aliases: z.array(z.string()).max(100_000),
  named: z.int().nonnegative(),
});

const checkpointEvery = 25;
/** After this many failed pages in a row, the site counts as unreachable. */
const mostFailures = 10;
/** The most waiting or seen addresses for each allowed document. More of them indicate a crawler trap. */
const seenPerPage = 20;
const largestPage = 10_000_000;

/** A crawl of the sites of a source. */
export class Crawl {
  private readonly scope: WebScope;
  private readonly robots = new Map<string, Robots>();
  private readonly starts: ReadonlySet<string>;
  private queue: [string, number][] = [];
  private seen = new Set<string>();
  /** Pages that name another address as canonical. */
  private aliases = new Set<string>();
  private named = 0;
  private failures = 0;
  private hasAsked = false;
  private readonly request: SourceRequest<WebConfig>;

  constructor(request: SourceRequest<WebConfig>) {
    this.request = request;
    this.scope = new WebScope(request.config);
    this.starts = new Set(request.config.start.flatMap((url) => this.scope.address(url) ?? []));
  }

  async *changes(): AsyncGenerator<SourceChange> {
    const { config, cursor } = this.request;
    for (const origin of this.scope.origins) this.robots.set(origin, await this.rulesOf(origin));
    if (cursor === undefined) {
      yield { type: 'listing' };
      for (const start of this.starts) this.enqueue(start, 0);
      if (this.queue.length === 0) throw forbiddenByRobots(config.start);
      if (config.useSitemaps) for (const page of await this.sitemapPages()) this.enqueue(page, 0);
    } else this.resume(cursor);
    for (let visited = 1; this.named < config.maxPages; visited += 1) {
      const next = this.queue.shift();
      if (next === undefined) break;
      this.request.signal.throwIfAborted();
      yield* await this.visit(...next);
      if (visited % checkpointEvery === 0) yield { type: 'checkpoint', cursor: this.state() };
    }
    yield { type: 'checkpoint', isComplete: true };
  }

  private resume(cursor: string): void {
    let given: unknown;
    try {
      given = JSON.parse(cursor);
    } catch {
      given = undefined;
    }
    const { data } = CrawlState.safeParse(given);
    if (data === undefined) throw new HeddleError('source_cursor_invalid', 'The cursor of the crawl cannot be read.');
    this.queue = data.queue;
    this.seen = new Set(data.seen);
    this.aliases = new Set(data.aliases);
    this.named = data.named;
  }

  private state(): string {
    const { queue, seen, aliases, named } = this;
    return JSON.stringify({ queue, seen: [...seen], aliases: [...aliases], named });
  }

  private enqueue(address: string, depth: number): void {
    const { maxDepth, maxPages } = this.request.config;
    if (this.seen.has(address) || depth > maxDepth || this.seen.size >= maxPages * seenPerPage + 1_000) return;
    if (!this.allows(address) || (!this.scope.includes(address) && !this.starts.has(address))) return;
    this.seen.add(address);
    this.queue.push([address, depth]);
  }

  private allows(address: string): boolean {
    return this.robots.get(new URL(address).origin)?.allows(address) === true;
  }

  private async rulesOf(origin: string): Promise<Robots> {
    await this.pause(0);
    return readRobots(origin, (request) => this.ask(request), this.request.signal);
  }

  private async sitemapPages(): Promise<readonly string[]> {
    const { signal, config } = this.request;
    const inScope = (urls: readonly string[]): readonly string[] =>
      urls.flatMap((url) => this.scope.address(url) ?? []);
    const named = inScope([...this.robots.values()].flatMap(({ sitemaps }) => sitemaps));
    const unnamed = [...this.robots].filter(([, { sitemaps }]) => sitemaps.length === 0);
    const guessed = inScope(unnamed.map(([origin]) => `${origin}/sitemap.xml`));
    return readSitemaps(
      [...named, ...guessed],
      {
        isGuess: (url) => guessed.includes(url) && !named.includes(url),
        fetch: (request) => this.ask(request),
        signal,
        address: (text) => this.scope.address(text),
        allows: (address) => this.allows(address),
        pause: () => this.pause(config.delayMs),
      },
      config.maxPages * 2,
    );
  }

  /** Makes a request with the secret of the source. Errors: those of `fetch`, `source_rate_limited`. */
  private async ask(request: Parameters<SourceRequest['fetch']['fetch']>[0]): Promise<SafeResponse> {
    const { fetch, secret, config, now } = this.request;
    const { user = '' } = config;
    const signIn =
      secret === undefined
        ? undefined
        : ({ secret: secret.handle, header: 'authorization', scheme: user === '' ? 'bearer' : 'basic', user } as const);
    const reply = await fetch.fetch(withoutUndefined({ ...request, signIn }));
    const isAskedToWait = reply.status === 429 || (reply.status === 503 && reply.headers['retry-after'] !== undefined);
    if (isAskedToWait) throw askedToWait(request.url, reply.headers, now());
    return reply;
  }

  private async pause(ms: number): Promise<void> {
    const isFirst = !this.hasAsked;
    this.hasAsked = true;
    if (!isFirst && ms > 0) await this.request.wait(ms);
  }

  private async visit(address: string, depth: number): Promise<readonly SourceChange[]> {
    const known = await this.request.known(address);
    const note = CrawlNote.read(known?.note);
    const { config, signal, maxBytes } = this.request;
    await this.pause(Math.max(config.delayMs, this.robots.get(new URL(address).origin)?.delayMs ?? 0));
    try {
      const headers = known?.isStored === true ? (note?.conditions() ?? {}) : {};
      const reply = await this.ask({ url: address, headers, signal, maxBytes: Math.min(maxBytes, 100_000_000) });
      const changes = await this.take(address, depth, reply, note);
      this.failures = 0;
      return changes;
    } catch (error) {
      return this.failed(address, depth, toHeddleError(error, 'source_failed'), note);
    }
  }

  /** Handles a failed page. Its document and the pages linked from it are kept. Errors: those that concern the whole source. */
  private failed(
    address: string,
    depth: number,
    error: HeddleError,
    note: CrawlNote | undefined,
  ): readonly SourceChange[] {
    const isOfSource = error.code.startsWith('source_') || error.code.startsWith('secret_') || error.code === 'aborted';
    if (this.request.signal.aborted || (isOfSource && error.code !== 'source_failed')) throw error;
    this.failures += 1;
    if (this.failures >= mostFailures || this.starts.has(address)) {
      if (!error.retryable) throw error;
      throw new HeddleError('source_unreachable', `'${address}' cannot be fetched: ${error.message}`, { cause: error });
    }
    this.follow(address, depth, note?.links ?? []);
    if (!this.scope.includes(address)) return [];
    this.named += 1;
    return [{ type: 'failed', id: address, error: toErrorValue(error) }];
  }

  private async take(
    asked: string,
    depth: number,
    reply: SafeResponse,
    note: CrawlNote | undefined,
  ): Promise<readonly SourceChange[]> {
    const address = this.scope.address(reply.url);
    if (address === undefined || !this.allows(address)) return [];
    if (address !== asked) {
      // The request was redirected. The reply belongs to the new address, except for a 304, which answers the condition of the old one.
      if (this.seen.has(address)) return [];
      if (reply.status === 304) {
        this.enqueue(address, depth);
        return [];
      }
      this.seen.add(address);
      if (!this.scope.includes(address) && !this.starts.has(asked)) return [];
    }
    if (reply.status === 304) {
      this.follow(address, depth, note?.links ?? []);
      this.named += 1;
      return [{ type: 'unchanged', id: address }];
    }
    checkStatus(address, reply, this.starts.has(asked));
    if (reply.status !== 200) return [];
    return isPage(reply) ? this.takePage(address, depth, reply) : this.takeFile(address, reply);
  }

  private async takePage(address: string, depth: number, reply: SafeResponse): Promise<readonly SourceChange[]> {
    if (reply.body.length > largestPage)
      throw new HeddleError(
        'document_too_large',
        `'${address}' has ${reply.body.length} bytes, more than the ${largestPage} that a page may have.`,
      );
    const facts = await readPage(new TextDecoder().decode(reply.body), reply.headers['x-robots-tag']);
    const base = baseOf(facts, address);
    const links = facts.noFollow ? [] : facts.links.flatMap((link) => this.scope.address(link, base) ?? []);
    this.follow(address, depth, links);
    const canonical = facts.canonical === undefined ? undefined : this.scope.address(facts.canonical, base);
    // Two pages that name each other as canonical would otherwise both be left out.
    if (canonical !== undefined && canonical !== address && !this.aliases.has(canonical) && this.allows(canonical)) {
      this.aliases.add(address);
      this.enqueue(canonical, depth);
      if (this.seen.has(canonical)) return [];
    }
    return facts.noIndex ? [] : this.document(address, reply, links);
  }

  private takeFile(address: string, reply: SafeResponse): readonly SourceChange[] {
    return isDocumentType(address, reply) ? this.document(address, reply, []) : [];
  }

  private document(address: string, reply: SafeResponse, links: readonly string[]): readonly SourceChange[] {
    if (!this.scope.includes(address)) return [];
    this.named += 1;
    const { headers, body: content } = reply;
    const note = CrawlNote.of(headers, links);
    const modified = Date.parse(headers['last-modified'] ?? '');
    return [
      {
        type: 'upsert',
        document: {
          id: address,
          url: address,
          content,
          note,
          ...(Number.isNaN(modified) ? {} : { modified }),
        },
      },
    ];
  }

  private follow(address: string, depth: number, links: readonly string[]): void {
    if (!this.request.config.followLinks) return;
    for (const link of links) if (link !== address) this.enqueue(link, depth + 1);
  }
}

const forbiddenByRobots = ([start = '']: readonly string[]): HeddleError =>
  new HeddleError('source_failed', `The robots.txt of '${new URL(start).origin}' does not allow reading '${start}'.`);

const baseOf = ({ base }: PageFacts, address: string): string =>
  base !== undefined && URL.canParse(base, address) ? new URL(base, address).href : address;

/** Accepts pages that are gone, which are then left out. Errors: for pages that exist but cannot be read. */
function checkStatus(address: string, { status }: SafeResponse, isStart: boolean): void {
  if ((status === 401 || status === 403) && isStart)
    throw new HeddleError(
      'source_unauthorized',
      `'${address}' refuses the sign-in (status ${status}): set the secret of the source.`,
    );
  const isGone = status >= 400 && status < 500 && ![401, 403, 408].includes(status);
  if (isGone && isStart)
    throw new HeddleError(
      'source_failed',
      `'${address}' is not there (status ${status}): correct the address of the source.`,
    );
  if (status >= 400 && !isGone)
    throw new HeddleError('fetch_status', `'${address}' answered with status ${status}.`, { retryable: status >= 500 });
}
