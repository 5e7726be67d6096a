import { createHash } from 'node:crypto';
import {
  HeddleError,
  type SourceChange,
  type SourceContent,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { openZendesk, type ZendeskApi } from './zendesk-api.js';
import type { ZendeskConfig } from './zendesk-config.js';

const Ticket = z.object({
  id: z.int(),
  subject: z.string().nullish(),
  status: z.string(),
  updated_at: z.iso.datetime(),
  /** Also changes with system updates. */
  generated_timestamp: z.number().nullish(),
  group_id: z.int().nullish(),
  tags: z.array(z.string()).default([]),
});
type Ticket = z.infer<typeof Ticket>;

const Export = z.object({
  tickets: z.array(Ticket),
  after_cursor: z.string().nullish(),
  end_of_stream: z.boolean(),
});

const Comment = z.object({
  author_id: z.int(),
  body: z.string().nullish(),
  public: z.boolean(),
  created_at: z.string(),
});
const Agent = z.object({
  id: z.int(),
  email: z.string().nullish(),
  role: z.string(),
  active: z.boolean().default(true),
  suspended: z.boolean().default(false),
  /** Null if the agent may see all tickets. */
  ticket_restriction: z.string().nullish(),
});
const Membership = z.object({ user_id: z.int(), group_id: z.int() });
const Requester = z.object({ user: z.object({ id: z.int(), name: z.string() }) });

/** The position in the export, and the access rights with which it was read. If these change, all tickets are listed again. */
const Cursor = z.object({ after: z.string().min(1), access: z.string(), isListing: z.boolean() });

const dayMs = 86_400_000;
const mostComments = 5_000;

/** Reads tickets with their comments from Zendesk's incremental export. Changes of the last minute come with the next sync. */
export async function* ticketChanges(request: SourceRequest<ZendeskConfig>): AsyncGenerator<SourceChange> {
  const { config, now } = request;
  const api = openZendesk(request);
  const access = config.readers === 'zendesk' ? await accessOf(api) : undefined;
  const mark = access === undefined ? '' : markOf(access);
  const known = readCursor(request.cursor, mark);
  const first = Math.max(0, Math.floor((now() - config.days * dayMs) / 1_000));
  if (known === undefined) yield { type: 'listing' };
  const names = new Map<number, string>();
  const seen = new Set<string>();
  const named = new Set<number>();
  // An unfinished listing continues at its position, because the export is slow and often has to wait.
  const isListing = known?.isListing ?? true;
  for (let after = known?.after; ;) {
    const page = await exported(
      api,
      after === undefined ? `start_time=${first}` : `cursor=${encodeURIComponent(after)}`,
    );
    for (const ticket of page.tickets) {
      if (ticket.status !== 'deleted') {
        named.add(ticket.id);
        yield { type: 'upsert', document: documentOf({ api, ticket, config, access, names }) };
        // Tickets that a listing does not name are deleted at its end. So a list that is suddenly empty is noticed.
      } else if (known !== undefined || named.has(ticket.id)) yield { type: 'delete', id: idOf(ticket) };
    }
    const next = page.after_cursor ?? undefined;
    if (next === undefined || (!page.end_of_stream && seen.has(next)))
      throw new HeddleError('source_failed', 'The Zendesk export continues without a next page.');
    seen.add(next);
    after = next;
    const isEnd = page.end_of_stream;
    const cursor = JSON.stringify({ after, access: mark, isListing: isListing && !isEnd });
    yield { type: 'checkpoint', cursor, isComplete: isListing && isEnd };
    if (isEnd) return;
  }
}

/**
 * The position of the last sync; undefined at the first sync, which lists everything. Errors: `source_cursor_invalid` if the access rights
 * have changed.
 */
function readCursor(cursor: string | undefined, access: string): z.infer<typeof Cursor> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = Cursor.safeParse(parse(cursor));
  if (parsed.success && parsed.data.access === access) return parsed.data;
  throw new HeddleError(
    'source_cursor_invalid',
    'The agents who may see tickets have changed: all tickets are listed again.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function exported(api: ZendeskApi, query: string): Promise<z.infer<typeof Export>> {
  try {
    return await api.ask(Export, `/api/v2/incremental/tickets/cursor.json?${query}&per_page=1000`);
  } catch (error) {
    const status = error instanceof HeddleError ? error.details?.['status'] : undefined;
    if (query.startsWith('cursor=') && (status === 400 || status === 404 || status === 422))
      throw new HeddleError('source_cursor_invalid', 'Zendesk no longer knows the position in the export.', {
        cause: error,
      });
    throw error;
  }
}

/**
 * The agents who may see tickets: those of each group, and those who see all. Agents with another restriction, for example to the tickets
 * assigned to them, are left out.
 */
interface Access {
  readonly everywhere: readonly string[];
  readonly groups: ReadonlyMap<number, readonly string[]>;
}

async function accessOf(api: ZendeskApi): Promise<Access> {
  const everywhere: string[] = [];
  const inGroups = new Map<number, string>();
  for await (const agent of api.all('/api/v2/users.json?role[]=agent&role[]=admin', 'users', Agent)) {
    const { id, email, role, active, suspended, ticket_restriction: restriction } = agent;
    if (typeof email !== 'string' || email === '' || !active || suspended) continue;
    if (role === 'admin' || restriction === null || restriction === undefined) everywhere.push(`user:${email}`);
    else if (restriction === 'groups') inGroups.set(id, `user:${email}`);
  }
  const groups = new Map<number, string[]>();
  for await (const { user_id: user, group_id: group } of api.all(
    '/api/v2/group_memberships.json',
    'group_memberships',
    Membership,
  )) {
    const reader = inGroups.get(user);
    if (reader !== undefined) groups.set(group, [...(groups.get(group) ?? []), reader]);
  }
  return { everywhere, groups };
}

const markOf = ({ everywhere, groups }: Access): string =>
  createHash('sha256')
    .update(JSON.stringify([everywhere.toSorted(), [...groups].map(([id, names]) => [id, names.toSorted()]).sort()]))
    .digest('base64url');

interface Given {
  readonly api: ZendeskApi;
  readonly ticket: Ticket;
  readonly config: ZendeskConfig;
  readonly access: Access | undefined;
  readonly names: Map<number, string>;
}

const idOf = ({ id }: Ticket): string => `ticket/${id}`;
const titleOf = ({ id, subject }: Ticket): string => `${subject ?? 'Ticket'} (#${id})`;

function documentOf(given: Given): SourceDocument {
  const { api, ticket, config, access } = given;
  const { id, status, updated_at: updated, generated_timestamp: generated, group_id: group, tags } = ticket;
  const inGroup = typeof group === 'number' ? (access?.groups.get(group) ?? []) : [];
  return {
    id: idOf(ticket),
    title: titleOf(ticket).slice(0, 1_000),
    url: `${api.site}/agent/tickets/${id}`,
    modified: Date.parse(updated),
    etag: `${updated} ${generated ?? ''} ${config.internal ? 'internal' : 'public'}`,
    readers: access === undefined ? undefined : [...new Set([...access.everywhere, ...inGroup])].sort(),
    metadata: { status, ...(tags.length === 0 ? {} : { tags: tags.join(', ').slice(0, 1_000) }) },
    content: () => load(given),
  };
}

async function load({ api, ticket, config, names }: Given): Promise<SourceContent> {
  const parts = [`# ${ticket.subject ?? 'Ticket'}`];
  let count = 0;
  for await (const comment of api.all(`/api/v2/tickets/${ticket.id}/comments.json`, 'comments', Comment)) {
    if (!comment.public && !config.internal) continue;
    count += 1;
    if (count > mostComments)
      throw new HeddleError(
        'document_too_large',
        `Ticket #${ticket.id} has more than the ${mostComments} comments that are read.`,
      );
    const name = await nameOf(api, comment.author_id, names);
    const kind = comment.public ? '' : ' (internal)';
    const text = (comment.body ?? '').replaceAll('\r\n', '\n').trim();
    parts.push(`## ${name}, ${comment.created_at.slice(0, 10)}${kind}\n\n${text}`);
  }
  return { content: parts.join('\n\n'), mediaType: 'text/markdown' };
}

/** The name of a comment's author; 'Somebody' if the person was removed. */
async function nameOf(api: ZendeskApi, id: number, names: Map<number, string>): Promise<string> {
  const known = names.get(id);
  if (known !== undefined) return known;
  const name = await api.ask(Requester, `/api/v2/users/${id}.json`).then(
    ({ user }) => user.name.replaceAll(/\s+/g, ' ').slice(0, 200),
    (error: unknown) => {
      if (error instanceof HeddleError && error.details?.['status'] === 404) return 'Somebody';
      throw error;
    },
  );
  names.set(id, name);
  return name;
}
