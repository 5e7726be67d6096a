import {
  HeddleError,
  type SourceChange,
  type SourceConnector,
  type SourceContent,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { createJsonApi, isMissing, type JsonApi } from '../api/json-api.js';
import { BlocksReply, notionVersion, Page, SearchReply, type Block } from './notion-api.js';
import { markdownOf, titleOf, type BlockTree } from './notion-text.js';

const NotionConfig = z.strictObject({
  maxPages: z.int().min(1).max(1_000_000).default(20_000).meta({
    title: 'Most pages',
    description: 'The sync fails if there are more pages.',
  }),
});
type NotionConfig = z.infer<typeof NotionConfig>;

/** The most blocks of one page, and their deepest nesting. */
const mostBlocks = 20_000;
const deepest = 20;
/** Edit times are truncated to minutes, so an edit in the minute of the last sync may not change the time. */
const settledMs = 120_000;

/**
 * Creates the connector.
 *
 * @param server another address than Notion's, for tests
 */
export const createNotionSource = (server = 'https://api.notion.com'): SourceConnector<NotionConfig> => ({
  kind: 'notion',
  title: 'Notion',
  description: 'Pages and database entries of Notion that an integration may read.',
  config: NotionConfig,
  capabilities: { isIncremental: false, hasReaders: false, secret: 'required' },
  changes: (request) => changes(request, server),
});

/** The connector for pages in Notion. */
export const notionSource = createNotionSource();

async function* changes(request: SourceRequest<NotionConfig>, server: string): AsyncGenerator<SourceChange> {
  const headers = { 'notion-version': notionVersion };
  const api = createJsonApi(request, { service: 'Notion', server, headers });
  yield { type: 'listing' };
  let left = request.config.maxPages;
  for await (const page of pagesOf(api)) {
    if ((left -= 1) < 0) throw tooMany(request.config.maxPages);
    yield { type: 'upsert', document: documentOf(api, page, request.now()) };
  }
  yield { type: 'checkpoint', isComplete: true };
}

async function* pagesOf(api: JsonApi): AsyncGenerator<Page> {
  const seen = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const reply = await api.ask(SearchReply, '/v1/search', {
      filter: { property: 'object', value: 'page' },
      // Oldest first: a page that is edited during the listing moves to the end and is not missed.
      sort: { direction: 'ascending', timestamp: 'last_edited_time' },
      page_size: 100,
      start_cursor: cursor,
    });
    for (const result of reply.results) {
      const { data } = Page.safeParse(result);
      if (data === undefined || data.archived || data.in_trash || seen.has(data.id)) continue;
      seen.add(data.id);
      yield data;
    }
    if (!reply.has_more) return;
    cursor = nextOf(reply.next_cursor, cursor);
  }
}

function documentOf(api: JsonApi, page: Page, now: number): SourceDocument {
  const { id, url, last_edited_time: edited } = page;
  const modified = Date.parse(edited);
  return {
    id,
    title: titleOf(page).slice(0, 1_000),
    url: url ?? undefined,
    modified,
    etag: now - modified < settledMs ? `${edited} at ${now}` : edited,
    content: () => load(api, page),
  };
}

async function load(api: JsonApi, page: Page): Promise<SourceContent> {
  const count = { left: mostBlocks };
  const blocks = await treesOf(api, page.id, count, deepest);
  return { content: markdownOf(page, blocks), mediaType: 'text/markdown' };
}

async function treesOf(
  api: JsonApi,
  id: string,
  count: { left: number },
  depth: number,
): Promise<readonly BlockTree[]> {
  const trees: BlockTree[] = [];
  for (let cursor: string | undefined; ;) {
    const query = cursor === undefined ? '' : `&start_cursor=${encodeURIComponent(cursor)}`;
    const reply = await api.ask(BlocksReply, `/v1/blocks/${encodeURIComponent(id)}/children?page_size=100${query}`);
    for (const block of reply.results) {
      if ((count.left -= 1) < 0 || depth === 0) throw tooLong();
      trees.push({ block, children: hasOwnChildren(block) ? await childrenOf(api, block, count, depth - 1) : [] });
    }
    if (!reply.has_more) return trees;
    cursor = nextOf(reply.next_cursor, cursor);
  }
}

async function childrenOf(
  api: JsonApi,
  { id, type }: Block,
  count: { left: number },
  depth: number,
): Promise<readonly BlockTree[]> {
  try {
    return await treesOf(api, id, count, depth);
  } catch (error) {
    // A synced block can show blocks of a page that the integration may not read.
    if (type === 'synced_block' && isMissing(error)) return [];
    throw error;
  }
}

/** A page or database inside a page is a separate document. */
const hasOwnChildren = ({ type, has_children: has }: Block): boolean => has && !type.startsWith('child_');

function nextOf(next: string | null, before: string | undefined): string {
  if (next !== null && next !== before) return next;
  throw new HeddleError('source_failed', 'Notion cut a list off without a next page.');
}

const tooMany = (limit: number): HeddleError =>
  new HeddleError(
    'source_failed',
    `Notion shows more than ${limit} pages: nothing was removed. Allow more pages, or share fewer with the integration.`,
  );

const tooLong = (): HeddleError =>
  new HeddleError('document_too_large', `The page has more than ${mostBlocks} blocks, or more than ${deepest} levels.`);
