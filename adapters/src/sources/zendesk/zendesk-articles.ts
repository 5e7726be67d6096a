import { createHash } from 'node:crypto';
import type { SourceChange, SourceDocument, SourceRequest } from '@heddle/core';
import { z } from 'zod';
import { escaped } from '../feed/read-feed.js';
import { openZendesk } from './zendesk-api.js';
import type { ZendeskConfig } from './zendesk-config.js';

const Article = z.object({
  id: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string().nullish(),
  locale: z.string().default(''),
  draft: z.boolean().default(false),
  updated_at: z.iso.datetime(),
  label_names: z.array(z.string()).nullish(),
  section_id: z.int().nullish(),
  user_segment_id: z.int().nullish(),
  user_segment_ids: z.array(z.int()).nullish(),
});
type Article = z.infer<typeof Article>;

/** The articles of the help centre, without drafts. */
export async function* articleChanges(request: SourceRequest<ZendeskConfig>): AsyncGenerator<SourceChange> {
  const { config } = request;
  const api = openZendesk(request);
  const locale = config.locale === undefined ? '' : `/${config.locale}`;
  yield { type: 'listing' };
  // Sorted by creation, so that a change during the listing moves nothing to another page.
  const path = `/api/v2/help_center${locale}/articles?sort_by=created_at&sort_order=asc`;
  for await (const article of api.all(path, 'articles', Article))
    if (!article.draft) yield { type: 'upsert', document: documentOf(article, config) };
  yield { type: 'checkpoint', isComplete: true };
}

function documentOf(article: Article, config: ZendeskConfig): SourceDocument {
  const { id, title, body, html_url: url, locale, updated_at: updated, label_names: labels } = article;
  const content = `<html><head><title>${escaped(title)}</title></head><body>${body ?? ''}</body></html>`;
  return {
    id: `article/${id}`,
    title: title.slice(0, 1_000),
    url: typeof url === 'string' && /^https?:\/\//i.test(url) ? url : undefined,
    modified: Date.parse(updated),
    // Times of changes have a precision of seconds, so the hash of the text is used.
    etag: createHash('sha256').update(content).digest('base64url'),
    readers: readersOf(article, config),
    metadata: {
      ...(locale === '' ? {} : { locale }),
      ...((labels ?? []).length === 0 ? {} : { labels: (labels ?? []).join(', ').slice(0, 1_000) }),
    },
    content: () => Promise.resolve({ content, mediaType: 'text/html' }),
  };
}

/**
 * The readers of an article: the users of its segments. A segment without a setting has no readers. An article without segments is public.
 */
function readersOf(article: Article, { readers, segments }: ZendeskConfig): readonly string[] | undefined {
  if (readers === 'collection') return undefined;
  const own = [...(article.user_segment_ids ?? []), article.user_segment_id].filter((id) => typeof id === 'number');
  if (own.length === 0) return undefined;
  const known = segments.map(
    (text) => [Number(text.slice(0, text.indexOf('='))), text.slice(text.indexOf('=') + 1)] as const,
  );
  return [...new Set(known.flatMap(([id, reader]) => (own.includes(id) ? [reader] : [])))].sort();
}
