import { HeddleError, type SourceRequest } from '@heddle/core';
import { z } from 'zod';
import { createJsonApi, type JsonApi } from '../api/json-api.js';

export const SlackMessage = z.object({
  type: z.string().optional(),
  subtype: z.string().optional(),
  /** Seconds since the epoch. It identifies the message in its channel. */
  ts: z.string().regex(/^\d{1,12}\.\d{1,9}$/),
  thread_ts: z.string().optional(),
  user: z.string().optional(),
  username: z.string().optional(),
  bot_profile: z.object({ name: z.string().optional() }).optional(),
  text: z.string().nullish(),
  edited: z.object({ ts: z.string() }).optional(),
  reply_count: z.int().default(0),
  latest_reply: z.string().optional(),
  files: z.array(z.object({ title: z.string().nullish(), name: z.string().nullish() })).optional(),
});
export type SlackMessage = z.infer<typeof SlackMessage>;

export const SlackChannel = z.object({
  id: z.string().min(1),
  name: z.string(),
  is_private: z.boolean().default(false),
});
export type SlackChannel = z.infer<typeof SlackChannel>;

export const SlackUser = z.object({
  id: z.string().min(1),
  name: z.string().optional(),
  real_name: z.string().nullish(),
  deleted: z.boolean().default(false),
  profile: z.object({ display_name: z.string().nullish(), email: z.string().nullish() }).default({}),
});
export type SlackUser = z.infer<typeof SlackUser>;

const Refused = z.object({ ok: z.literal(false), error: z.string() });
const More = z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' });

const refusesSignIn: ReadonlySet<string> = new Set([
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'no_permission'],
  ...['missing_scope', 'not_allowed_token_type', 'ekm_access_denied', 'team_access_not_granted'],
]);

/** The methods of the Slack API that a sync uses. */
export class SlackApi {
  private readonly api: JsonApi;

  constructor(request: SourceRequest, server: string) {
    this.api = createJsonApi(request, { service: 'Slack', server });
  }

  /** Calls a method once. Slack also reports refusals with status 200. Errors: those of `JsonApi`. */
  async ask<Reply>(method: string, query: Readonly<Record<string, string>>, shape: z.ZodType<Reply>): Promise<Reply> {
    const search = new URLSearchParams(query).toString();
    const reply = await this.api.ask(z.union([Refused, shape]), `/api/${method}${search === '' ? '' : `?${search}`}`);
    const { data: refused } = Refused.safeParse(reply);
    if (refused === undefined) return reply as Reply; // The reply matches the other part of the union.
    const { error } = refused;
    if (refusesSignIn.has(error))
      throw new HeddleError(
        'source_unauthorized',
        `Slack refuses ${method} (${error}): set the secret of the source, or give the app the scopes that it needs.`,
      );
    if (error === 'ratelimited')
      throw new HeddleError('source_rate_limited', 'Slack asks Heddle to wait before the next request.');
    if (error === 'internal_error' || error === 'service_unavailable' || error === 'fatal_error')
      throw new HeddleError('source_unreachable', `Slack could not answer ${method} (${error}).`);
    const hint = error === 'not_in_channel' || error === 'channel_not_found' ? ': invite the app to the channel' : '';
    throw new HeddleError(
      'source_failed',
      `Slack refuses ${method} for ${query['channel'] ?? 'the workspace'} (${error})${hint}.`,
    );
  }

  async *all<Item extends z.ZodType>(
    method: string,
    query: Readonly<Record<string, string>>,
    field: string,
    item: Item,
  ): AsyncGenerator<z.infer<Item>> {
    const shape = z.object({ ok: z.literal(true), [field]: z.array(item), response_metadata: More });
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const given = { ...query, limit: '200', ...(cursor === '' ? {} : { cursor }) };
      const reply: Record<string, unknown> = await this.ask(method, given, shape);
      yield* reply[field] as z.infer<Item>[]; // The shape has checked it.
      const next: string = More.parse(reply['response_metadata']).next_cursor;
      if (next !== '' && next === cursor)
        throw new HeddleError('source_failed', 'Slack named the same page of a list twice.');
      cursor = next === '' ? undefined : next;
    }
  }
}
