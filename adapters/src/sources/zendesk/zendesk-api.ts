import { HeddleError, type SourceRequest } from '@heddle/core';
import { z } from 'zod';
import { createJsonApi, type JsonApi } from '../api/json-api.js';
import type { ZendeskConfig } from './zendesk-config.js';

const Meta = z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() });

/** The API of one Zendesk site. */
export interface ZendeskApi extends JsonApi {
  readonly site: string;
  /** The items on all pages of a list. `field` is the field of the reply that contains them. */
  all<Item>(path: string, field: string, shape: z.ZodType<Item>): AsyncGenerator<Item>;
}

/** The suffix of the user's email address when an API token is used. */
const tokenUser = '/token';

/** Creates a client. @example const api = openZendesk(request); */
export function openZendesk(request: SourceRequest<ZendeskConfig>): ZendeskApi {
  const { config, secret } = request;
  const site = new URL(config.site).origin;
  const api = createJsonApi(request, {
    service: 'Zendesk',
    server: site,
    signIn:
      secret === undefined
        ? 'none'
        : { secret: secret.handle, header: 'authorization', scheme: 'basic', user: `${config.user}${tokenUser}` },
  });
  return { ...api, site, all: (path, field, shape) => all(api, path, field, shape) };
}

async function* all<Item>(api: JsonApi, path: string, field: string, shape: z.ZodType<Item>): AsyncGenerator<Item> {
  const Page = z.looseObject({ meta: Meta, [field]: z.array(shape) });
  const Items = z.array(shape);
  const seen = new Set<string>();
  for (let cursor = ''; ;) {
    const joint = path.includes('?') ? '&' : '?';
    const after = cursor === '' ? '' : `&page[after]=${encodeURIComponent(cursor)}`;
    const page = await api.ask(Page, `${path}${joint}page[size]=100${after}`);
    yield* Items.parse(page[field]);
    const { has_more: hasMore, after_cursor: next } = Meta.parse(page.meta);
    if (!hasMore) return;
    if (next === null || next === undefined || next === '' || seen.has(next))
      throw new HeddleError('source_failed', `A Zendesk list continues without a next page: '${path.slice(0, 200)}'.`);
    seen.add(next);
    cursor = next;
  }
}
