import { HeddleError } from '@heddle/core';
import { readXmlText } from '../web/xml-text.js';

/** An entry of a feed. */
export interface FeedEntry {
  readonly id: string;
  readonly title: string;
  readonly link: string | undefined;
  /** As HTML or plain text. */
  readonly content: string;
  readonly isHtml: boolean;
  /** As written in the feed. */
  readonly updated: string | undefined;
}

const mostEntries = 10_000;
const longestText = 2_000_000;

/** The elements for each part of an entry in RSS and Atom, in order of preference. The first one with text is used. */
const names = {
  id: ['guid', 'id'],
  title: ['title'],
  content: ['encoded', 'content', 'description', 'summary'],
  updated: ['updated', 'pubdate', 'published', 'date'],
} as const;

interface Draft {
  readonly texts: Map<string, string>;
  readonly html: Set<string>;
  link: string | undefined;
}

/** Parses a feed in RSS 0.9 to 2.0 or Atom. Errors: `source_failed`. */
export async function readFeed(xml: string, url: string): Promise<readonly FeedEntry[]> {
  const entries: FeedEntry[] = [];
  const reader = new FeedReader(entries);
  await readXmlText(xml, `The feed '${url}'`, reader);
  if (!reader.isFeed) throw new HeddleError('source_failed', `'${url}' is not an RSS or Atom feed: check its address.`);
  return entries;
}

class FeedReader {
  isFeed = false;
  private depth = 0;
  private draft: Draft | undefined;
  private entryDepth = 0;
  /** The element that is being read. Elements inside it become part of its text. */
  private element: { readonly name: string; readonly depth: number; text: string } | undefined;

  private readonly entries: FeedEntry[];

  constructor(entries: FeedEntry[]) {
    this.entries = entries;
  }

  onOpen(name: string, attributes: Readonly<Record<string, string>>): void {
    this.depth += 1;
    if (this.depth === 1) this.isFeed = ['rss', 'feed', 'rdf'].includes(name);
    const { draft, element } = this;
    if (draft === undefined) {
      if (name !== 'item' && name !== 'entry') return;
      this.draft = { texts: new Map(), html: new Set(), link: undefined };
      this.entryDepth = this.depth;
    } else if (element !== undefined) {
      if (!/^[a-z][a-z0-9]*$/.test(name)) return;
      const href = attributes['href'];
      element.text += href === undefined ? `<${name}>` : `<${name} href="${escaped(href)}">`;
    } else if (this.depth === this.entryDepth + 1) {
      const { href, rel = 'alternate', type = '' } = attributes;
      if (name === 'link' && href !== undefined && rel === 'alternate') draft.link ??= href;
      if (type === 'html' || type === 'xhtml') draft.html.add(name);
      this.element = { name, depth: this.depth, text: '' };
    }
  }

  onText(text: string): void {
    const { element } = this;
    if (element === undefined || element.text.length > longestText) return;
    // Text inside nested elements is escaped again, because it becomes HTML.
    element.text += this.depth > element.depth ? escaped(text) : text;
  }

  onClose(name: string): void {
    const { draft, element } = this;
    if (element !== undefined && this.depth > element.depth && /^[a-z][a-z0-9]*$/.test(name))
      element.text += `</${name}>`;
    if (draft !== undefined && element?.depth === this.depth) {
      if (element.name === 'link' && element.text.trim() !== '') draft.link ??= element.text.trim();
      // An entry can also contain the same name from another namespace, such as media:title. The first one counts.
      if (!draft.texts.has(element.name) && element.text.trim() !== '')
        draft.texts.set(element.name, element.text.trim());
      this.element = undefined;
    }
    if (draft !== undefined && this.depth === this.entryDepth) {
      this.add(draft);
      this.draft = undefined;
    }
    this.depth -= 1;
  }

  private add({ texts, html, link }: Draft): void {
    const first = (list: readonly string[]): readonly [string, string] | undefined => {
      for (const name of list) {
        const text = texts.get(name);
        if (text !== undefined) return [name, text];
      }
      return undefined;
    };
    const [contentName = '', content = ''] = first(names.content) ?? [];
    const title = first(names.title)?.[1] ?? '';
    const id = first(names.id)?.[1] ?? link ?? title;
    if (id === '' || this.entries.length >= mostEntries) return;
    const isHtml = html.has(contentName) || contentName === 'encoded' || /<[a-z!/][^>]*>/i.test(content);
    this.entries.push({ id, title, link, content, isHtml, updated: first(names.updated)?.[1] });
  }
}

/** Escapes text for HTML. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
