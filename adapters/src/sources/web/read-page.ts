import { Parser } from 'htmlparser2';
import { yieldToEventLoop } from '../../event-loop/index.js';

/** What a page tells crawlers. */
export interface PageFacts {
  /** As written; relative to `base`. */
  readonly links: readonly string[];
  readonly canonical: string | undefined;
  /** The base address of links, as written. */
  readonly base: string | undefined;
  readonly noIndex: boolean;
  readonly noFollow: boolean;
}

/** More links on one page indicate a crawler trap. */
const mostLinks = 10_000;
const sliceLength = 64 * 1024;

/** Reads the links of a page and its elements for crawlers. It yields to the event loop between pieces. */
export async function readPage(html: string, robotsHeader = ''): Promise<PageFacts> {
  const links = new Set<string>();
  let canonical: string | undefined;
  let base: string | undefined;
  let rules = robotsHeader.toLowerCase();
  const parser = new Parser({
    onopentag(name, attributes) {
      const { href, rel = '', content = '' } = attributes;
      const relations = rel.toLowerCase().split(/\s+/);
      if ((name === 'a' || name === 'area') && href !== undefined) {
        if (links.size < mostLinks && !relations.includes('nofollow')) links.add(href.trim());
      } else if (name === 'link' && relations.includes('canonical')) canonical ??= href?.trim();
      else if (name === 'base') base ??= href?.trim();
      else if (name === 'meta' && /^(robots|heddle)$/i.test(attributes['name'] ?? ''))
        rules += `,${content.toLowerCase()}`;
    },
  });
  for (let start = 0; start < html.length; start += sliceLength) {
    if (start > 0) await yieldToEventLoop();
    parser.write(html.slice(start, start + sliceLength));
  }
  parser.end();
  const has = (rule: string): boolean => new RegExp(`(^|[,:\\s])(${rule}|none)([,\\s]|$)`).test(rules);
  return { links: [...links], canonical, base, noIndex: has('noindex'), noFollow: has('nofollow') };
}
