import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HeddleError, type SafeFetch } from '@heddle/core';
import { isPage } from './page-note.js';
import { readXmlText } from './xml-text.js';

const inflate = promisify(gunzip);
/** The limits of the sitemap protocol. */
const mostBytes = 50 * 1024 * 1024;
const mostAddresses = 50_000;
/** The most sitemaps of one site, including those in an index. */
const mostSitemaps = 200;

interface SitemapReader {
  readonly fetch: SafeFetch['fetch'];
  readonly signal: AbortSignal;
  /** The normalised address; undefined if it is not part of the sites. */
  readonly address: (text: string) => string | undefined;
  readonly allows: (address: string) => boolean;
  readonly pause: () => Promise<void>;
  /** Whether the address of a sitemap was guessed, such as `/sitemap.xml`. Many sites answer every address with a page. */
  readonly isGuess: (url: string) => boolean;
}

/**
 * Reads the pages in sitemaps, in order, including sitemaps in an index. A missing sitemap counts as empty: its address gives 4xx, or a
 * page at a guessed address. An unreadable sitemap is an error, so that its pages do not seem to be deleted. Errors: `source_unreachable`,
 * `source_failed`, those of `fetch`.
 */
export async function readSitemaps(
  first: readonly string[],
  reader: SitemapReader,
  most: number,
): Promise<readonly string[]> {
  const pages = new Set<string>();
  const open = [...first];
  const seen = new Set<string>();
  while (open.length > 0 && pages.size < most) {
    const url = open.shift();
    if (url === undefined || seen.has(url) || seen.size >= mostSitemaps || !reader.allows(url)) continue;
    seen.add(url);
    const text = await load(url, reader);
    if (text === undefined) continue;
    const { sitemaps, addresses } = await parse(text, url);
    for (const text of sitemaps) open.push(...[reader.address(text) ?? []].flat());
    for (const text of addresses) {
      const address = reader.address(text);
      if (address !== undefined && pages.size < most) pages.add(address);
    }
  }
  return [...pages];
}

async function load(url: string, { fetch, signal, pause, isGuess }: SitemapReader): Promise<string | undefined> {
  await pause();
  const reply = await fetch({ url, maxBytes: mostBytes, signal });
  const { status, body } = reply;
  if (status === 429 || status >= 500)
    throw new HeddleError('source_unreachable', `The sitemap '${url}' answered with status ${status}.`);
  if (status < 200 || status >= 300 || (isGuess(url) && isPage(reply))) return undefined;
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  if (!isPacked) return new TextDecoder().decode(body);
  try {
    return new TextDecoder().decode(await inflate(body, { maxOutputLength: mostBytes }));
  } catch (cause) {
    throw new HeddleError('source_failed', `The sitemap '${url}' cannot be unpacked, or is too large.`, { cause });
  }
}

async function parse(
  xml: string,
  url: string,
): Promise<{ readonly sitemaps: readonly string[]; readonly addresses: readonly string[] }> {
  const found = { sitemap: [] as string[], url: [] as string[] };
  let inside: 'sitemap' | 'url' | undefined;
  let text: string | undefined;
  await readXmlText(xml, `The sitemap '${url}'`, {
    onOpen: (name) => {
      if (name === 'sitemap' || name === 'url') inside = name;
      if (name === 'loc') text = '';
    },
    onText: (piece) => {
      if (text !== undefined && text.length < 4_000) text += piece;
    },
    onClose: (name) => {
      if (name === 'loc' && text !== undefined) {
        if (inside !== undefined && found[inside].length < mostAddresses) found[inside].push(text.trim());
        text = undefined;
      }
      if (name === 'sitemap' || name === 'url') inside = undefined;
    },
  });
  return { sitemaps: found.sitemap, addresses: found.url };
}
