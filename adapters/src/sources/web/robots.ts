import { createRequire } from 'node:module';
import { HeddleError, type SafeFetch, type SafeResponse } from '@heddle/core';

/** The rules of a site for this crawler. */
export interface Robots {
  allows(address: string): boolean;
  /** Milliseconds between two requests. */
  readonly delayMs: number;
  readonly sitemaps: readonly string[];
}

interface ParsedRobots {
  isAllowed(url: string, agent?: string): boolean | undefined;
  getCrawlDelay(agent?: string): number | undefined;
  getSitemaps(): string[];
}

const crawlerName = 'Heddle';
const mostBytes = 500 * 1024;
/** The longest accepted delay. A site that asks for more does not expect to be crawled like this, and is not waited for longer. */
const longestDelayMs = 60_000;

/**
 * Reads the rules of a site according to RFC 9309: without a file, everything is allowed; a site that cannot answer is not crawled. Errors:
 * `source_unreachable`, `source_rate_limited`, those of `fetch`.
 */
export async function readRobots(origin: string, fetch: SafeFetch['fetch'], signal: AbortSignal): Promise<Robots> {
  const url = `${origin}/robots.txt`;
  const reply = await fetch({ url, maxBytes: mostBytes, signal, headers: { accept: 'text/plain' } }).catch(
    (error: unknown): SafeResponse | undefined => {
      // The rules in a file that is too large cannot be followed.
      if (error instanceof HeddleError && error.code === 'fetch_too_large') return undefined;
      throw error;
    },
  );
  if (reply === undefined || reply.status >= 500)
    throw new HeddleError(
      'source_unreachable',
      `'${url}' does not say what may be crawled (${reply === undefined ? 'it is too large' : `status ${reply.status}`}): nothing is read until it does.`,
    );
  if (reply.status < 200 || reply.status >= 300) return { allows: () => true, delayMs: 0, sitemaps: [] };
  const parsed = parse(url, new TextDecoder().decode(reply.body));
  return {
    allows: (address) => parsed.isAllowed(address, crawlerName) !== false,
    delayMs: Math.min(longestDelayMs, Math.max(0, (parsed.getCrawlDelay(crawlerName) ?? 0) * 1_000)),
    sitemaps: parsed.getSitemaps().slice(0, 100),
  };
}

// A CommonJS package whose type declarations have no matching export.
const parse = createRequire(import.meta.url)('robots-parser') as (url: string, text: string) => ParsedRobots;
