import { z } from 'zod';

const WebAddress = z
  .url({ protocol: /^https?$/, error: 'Write a whole address such as https://docs.example.com/' })
  .max(2_000)
  .refine((url) => URL.canParse(url) && new URL(url).username === '' && new URL(url).password === '', {
    error: 'An address without a user name and password',
  });

const PathStart = z.string().min(1).max(500).regex(/^\//, { error: 'A path begins with /' });

/** The settings of a web source. */
export const WebConfig = z.strictObject({
  start: z.array(WebAddress).min(1).max(20).meta({
    title: 'Start pages',
    description: 'The pages at which the crawl begins. Only pages of the same sites (scheme, host and port) are read.',
  }),
  useSitemaps: z.boolean().default(true).meta({
    title: 'Sitemaps',
    description: "Also reads the pages that the sites' sitemaps list.",
  }),
  followLinks: z.boolean().default(true).meta({ title: 'Links', description: 'Follows links on the pages.' }),
  include: z.array(PathStart).max(100).default([]).meta({
    title: 'Only below',
    description: 'Path prefixes such as /docs/; without any, the whole sites.',
  }),
  exclude: z.array(PathStart).max(100).default([]).meta({
    title: 'Not below',
    description: 'Path prefixes that are left out, such as /archive/.',
  }),
  maxPages: z.int().min(1).max(10_000).default(500).meta({ title: 'Most pages' }),
  maxDepth: z.int().min(0).max(50).default(10).meta({
    title: 'Most steps',
    description: 'The largest number of links between a page and the first page.',
  }),
  delayMs: z.int().min(0).max(60_000).default(500).meta({
    title: 'Pause',
    description: 'Milliseconds between two requests; more if robots.txt asks for it.',
  }),
  user: z.string().max(200).optional().meta({
    title: 'User',
    description:
      'The user name for sites with a user and a password: the secret is the password. Without it, the secret is a bearer token.',
  }),
});
export type WebConfig = z.infer<typeof WebConfig>;

/** Longer addresses usually contain state or belong to a crawler trap. */
const longestAddress = 1_000;

/** Decides which addresses belong to a crawl. */
export class WebScope {
  private readonly sites: ReadonlySet<string>;

  private readonly config: WebConfig;

  constructor(config: WebConfig) {
    this.config = config;
    this.sites = new Set(config.start.map((url) => new URL(url).origin));
  }

  get origins(): readonly string[] {
    return [...this.sites];
  }

  /** The normalised address, without its fragment. Undefined outside the sites. */
  address(text: string, base?: string): string | undefined {
    if (!URL.canParse(text, base)) return undefined;
    const url = new URL(text, base);
    url.hash = '';
    const address = url.href;
    const isOwn = this.sites.has(url.origin) && url.username === '' && url.password === '';
    return isOwn && address.length <= longestAddress ? address : undefined;
  }

  /** Whether a page becomes a document and its links are followed. The links of the first pages are always read. */
  includes(address: string): boolean {
    const { pathname } = new URL(address);
    const { include, exclude } = this.config;
    return (
      (include.length === 0 || include.some((start) => pathname.startsWith(start))) &&
      !exclude.some((start) => pathname.startsWith(start))
    );
  }
}
