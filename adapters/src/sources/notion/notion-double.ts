import { openTestService, type ServiceCall, type ServiceReply, type TestService } from '../testing/test-service.js';

/** A test double of Notion: pages by id. Its lists have three entries on each page. */
export interface NotionDouble extends TestService {
  /** The current time of the double. It starts an hour ago. In pages, it is truncated to minutes. */
  now: number;
  /** Creates or changes a page of paragraphs. */
  write(id: string, text: string): void;
  /** Creates a page of any blocks. The keys are the ids of their parents: the page or a block. */
  setBlocks(id: string, blocks: Readonly<Record<string, readonly object[]>>, properties?: object): void;
  trash(id: string): void;
}

interface DoublePage {
  readonly edited: string;
  readonly isInTrash: boolean;
  readonly properties: object;
  readonly blocks: Readonly<Record<string, readonly object[]>>;
}

const pageSize = 3;
const user = { object: 'user', id: '00000000-0000-4000-8000-000000000001' };

/** Builds a rich text object. */
export const textOf = (content: string, more: { readonly bold?: boolean; readonly href?: string } = {}): object => ({
  type: 'text',
  text: { content, link: more.href === undefined ? null : { url: more.href } },
  annotations: {
    bold: more.bold === true,
    italic: false,
    strikethrough: false,
    underline: false,
    code: false,
    color: 'default',
  },
  plain_text: content,
  href: more.href ?? null,
});

/** Builds a block object. */
export const blockOf = (id: string, type: string, content: object, hasChildren = false): object => ({
  object: 'block',
  id,
  type,
  has_children: hasChildren,
  archived: false,
  in_trash: false,
  created_time: '2026-01-01T00:00:00.000Z',
  last_edited_time: '2026-01-01T00:00:00.000Z',
  created_by: user,
  last_edited_by: user,
  parent: { type: 'page_id', page_id: id },
  [type]: content,
});

/** Starts the double. @example const notion = await openNotionDouble(); notion.write('a', 'Hello.'); */
export async function openNotionDouble(): Promise<NotionDouble> {
  const pages = new Map<string, DoublePage>();
  const service = await openTestService({
    answer: (call) => answer(pages, call),
    refused: {
      status: 401,
      json: { object: 'error', status: 401, code: 'unauthorized', message: 'API token is invalid.' },
    },
    limited: { status: 429, json: { object: 'error', status: 429, code: 'rate_limited', message: 'Slow down.' } },
  });
  const double: NotionDouble = {
    ...service,
    now: Date.now() - 3_600_000,
    write(id, text) {
      const blocks = text.split('\n\n').map((part, index) => {
        const content = { rich_text: [textOf(part)], color: 'default' };
        return blockOf(`${id}-${index}`, 'paragraph', content);
      });
      double.setBlocks(id, { [id]: blocks });
    },
    setBlocks(id, blocks, properties = {}) {
      double.now += 60_000;
      const title = { id: 'title', type: 'title', title: [textOf('Page')] };
      const edited = `${new Date(double.now).toISOString().slice(0, 16)}:00.000Z`;
      pages.set(id, { edited, isInTrash: false, properties: { Name: title, ...properties }, blocks });
    },
    trash(id) {
      const page = pages.get(id);
      if (page !== undefined) pages.set(id, { ...page, isInTrash: true });
    },
  };
  return double;
}

function answer(pages: ReadonlyMap<string, DoublePage>, { method, url, body }: ServiceCall): ServiceReply | undefined {
  if (method === 'POST' && url.pathname === '/v1/search') {
    const { start_cursor: cursor } = (body ?? {}) as { readonly start_cursor?: string }; // The connector always sends an object.
    const all = [...pages].filter(([, page]) => !page.isInTrash).map(([id, page]) => pageOf(id, page));
    const sorted = all.toSorted((one, other) => one.last_edited_time.localeCompare(other.last_edited_time));
    return { json: listOf([...sorted, { object: 'database', id: 'db' }], cursor, 'page_or_database') };
  }
  const [, id] = /^\/v1\/blocks\/([^/]+)\/children$/.exec(url.pathname) ?? [];
  if (method !== 'GET' || id === undefined) return undefined;
  for (const { blocks } of pages.values()) {
    const found = blocks[decodeURIComponent(id)];
    if (found !== undefined) return { json: listOf(found, url.searchParams.get('start_cursor') ?? undefined, 'block') };
  }
  return undefined;
}

const pageOf = (id: string, { edited, isInTrash, properties }: DoublePage) => ({
  object: 'page',
  id,
  created_time: edited,
  last_edited_time: edited,
  created_by: user,
  last_edited_by: user,
  cover: null,
  icon: null,
  parent: { type: 'workspace', workspace: true },
  archived: isInTrash,
  in_trash: isInTrash,
  properties,
  url: `https://www.notion.so/${encodeURIComponent(id)}`,
  public_url: null,
});

function listOf(all: readonly object[], cursor: string | undefined, type: string): object {
  const start = cursor === undefined ? 0 : Number(cursor);
  const end = start + pageSize;
  return {
    object: 'list',
    type,
    [type]: {},
    results: all.slice(start, end),
    has_more: end < all.length,
    next_cursor: end < all.length ? String(end) : null,
  };
}
