import {
  openTestService,
  testToken,
  type ServiceCall,
  type ServiceReply,
  type TestService,
} from '../testing/test-service.js';

interface DoubleArticle {
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  readonly segments: readonly number[];
}

interface DoubleTicket {
  readonly subject: string;
  readonly group: number;
  readonly isDeleted: boolean;
  readonly comments: readonly { readonly body: string; readonly public: boolean; readonly author: number }[];
  /** The number of its changes. */
  readonly version: number;
}

interface DoubleAgent {
  readonly email: string;
  readonly role: 'admin' | 'agent';
  readonly restriction: string | null;
  readonly groups: readonly number[];
}

/** A test double of Zendesk. Its lists have three entries on each page. */
export interface ZendeskDouble extends TestService {
  readonly user: string;
  writeArticle(id: number, change: Partial<DoubleArticle>): void;
  removeArticle(id: number): void;
  writeTicket(id: number, change: Partial<Omit<DoubleTicket, 'version'>>): void;
  removeTicket(id: number): void;
  readonly agents: Map<number, DoubleAgent>;
  /** The authors of comments, by id. Other ids belong to removed people. */
  readonly people: Map<number, string>;
  /** Makes all earlier cursors invalid. */
  forgetCursors(): void;
}

interface State {
  readonly articles: Map<number, DoubleArticle & { readonly version: number }>;
  readonly tickets: Map<number, DoubleTicket>;
  /** The ids of tickets in the order of their changes. */
  readonly log: number[];
  readonly agents: Map<number, DoubleAgent>;
  readonly people: Map<number, string>;
  epoch: number;
}

const pageSize = 3;
const start = Date.UTC(2026, 0, 2);
const timeOf = (version: number): string => `${new Date(start + version * 1_000).toISOString().slice(0, 19)}Z`;

/** Starts the double. @example const zendesk = await openZendeskDouble(); zendesk.writeTicket(1, { subject: 'Help' }); */
export async function openZendeskDouble(): Promise<ZendeskDouble> {
  const state: State = {
    articles: new Map(),
    tickets: new Map(),
    log: [],
    agents: new Map(),
    people: new Map([[7, 'Ada']]),
    epoch: 1,
  };
  const user = 'agent@acme.example';
  const service = await openTestService({
    answer: (call) => answer(state, call),
    authorization: `Basic ${Buffer.from(`${user}/token:${testToken}`).toString('base64')}`,
    refused: { status: 401, json: { error: "Couldn't authenticate you" } },
    limited: {
      status: 429,
      json: { error: 'Number of allowed incremental ticket export API requests per minute exceeded' },
    },
  });
  return {
    ...service,
    user,
    agents: state.agents,
    people: state.people,
    writeArticle(id, change) {
      const base = state.articles.get(id) ?? { title: 'Page', body: '', draft: false, segments: [], version: 0 };
      state.articles.set(id, { ...base, ...change, version: base.version + 1 });
    },
    removeArticle: (id) => void state.articles.delete(id),
    writeTicket(id, change) {
      const base = state.tickets.get(id) ?? { subject: 'Page', group: 1, isDeleted: false, comments: [], version: 0 };
      state.tickets.set(id, { ...base, ...change, version: base.version + 1 });
      state.log.push(id);
    },
    removeTicket(id) {
      const base = state.tickets.get(id);
      if (base === undefined) return;
      state.tickets.set(id, { ...base, isDeleted: true, comments: [], version: base.version + 1 });
      state.log.push(id);
    },
    forgetCursors: () => void (state.epoch += 1),
  };
}

function answer(state: State, { method, url: asked, headers }: ServiceCall): ServiceReply | undefined {
  if (method !== 'GET') return undefined;
  const url = new URL(`${asked.pathname}${asked.search}`, `http://${headers.host ?? ''}`);
  const path = url.pathname.replace(/\.json$/, '');
  if (/^\/api\/v2\/help_center(\/[a-z-]+)?\/articles$/.test(path))
    return listOf(
      url,
      'articles',
      [...state.articles].map(([id, article]) => articleOf(url, id, article)),
    );
  if (path === '/api/v2/incremental/tickets/cursor') return exported(state, url);
  if (path === '/api/v2/users')
    return listOf(
      url,
      'users',
      [...state.agents].map(([id, agent]) => agentOf(id, agent)),
    );
  if (path === '/api/v2/group_memberships') {
    const all = [...state.agents].flatMap(([id, { groups }]) =>
      groups.map((group) => ({ id: id * 100 + group, user_id: id, group_id: group })),
    );
    return listOf(url, 'group_memberships', all);
  }
  const [, person] = /^\/api\/v2\/users\/(\d+)$/.exec(path) ?? [];
  const name = state.people.get(Number(person));
  if (name !== undefined) return { json: { user: { id: Number(person), name, role: 'end-user' } } };
  const [, ticket] = /^\/api\/v2\/tickets\/(\d+)\/comments$/.exec(path) ?? [];
  const found = state.tickets.get(Number(ticket));
  if (found === undefined || found.isDeleted)
    return { status: 404, json: { error: 'RecordNotFound', description: 'Not found' } };
  return listOf(
    url,
    'comments',
    found.comments.map(({ body, public: isPublic, author }, at) => ({
      id: at + 1,
      type: 'Comment',
      author_id: author,
      body,
      html_body: `<p>${body}</p>`,
      plain_body: body,
      public: isPublic,
      created_at: timeOf(at),
      attachments: [],
    })),
  );
}

/**
 * Exports tickets in the order of their last change, in their current state. The first request has a start time, and later ones a cursor.
 */
function exported(state: State, url: URL): ServiceReply {
  const cursor = url.searchParams.get('cursor');
  const [, epoch, from = '0'] = /^(\d+):(\d+)$/.exec(Buffer.from(cursor ?? '', 'base64').toString()) ?? [];
  if (cursor !== null && Number(epoch) !== state.epoch)
    return { status: 422, json: { error: 'InvalidValue', description: 'Invalid cursor' } };
  if (cursor === null && !/^\d+$/.test(url.searchParams.get('start_time') ?? ''))
    return { status: 400, json: { error: 'StartTimeMissing', description: 'start_time is missing' } };
  const end = Math.min(state.log.length, Number(from) + pageSize);
  // A ticket that changed again appears only at its last change.
  const ids = state.log.slice(Number(from), end).filter((id, at) => !state.log.includes(id, Number(from) + at + 1));
  return {
    json: {
      tickets: ids.flatMap((id) => {
        const ticket = state.tickets.get(id);
        return ticket === undefined ? [] : [ticketOf(url, id, ticket)];
      }),
      after_cursor: Buffer.from(`${state.epoch}:${end}`).toString('base64'),
      after_url: url.href,
      before_cursor: null,
      before_url: null,
      end_of_stream: end === state.log.length,
    },
  };
}

const articleOf = (
  url: URL,
  id: number,
  { title, body, draft, segments, version }: DoubleArticle & { readonly version: number },
): object => ({
  id,
  title,
  name: title,
  body,
  draft,
  locale: 'en-us',
  source_locale: 'en-us',
  section_id: 5,
  author_id: 7,
  html_url: `${url.origin}/hc/en-us/articles/${id}`,
  url: `${url.origin}/api/v2/help_center/articles/${id}.json`,
  created_at: timeOf(0),
  updated_at: timeOf(version),
  edited_at: timeOf(version),
  label_names: [],
  permission_group_id: 3,
  user_segment_id: segments[0] ?? null,
  user_segment_ids: segments,
  promoted: false,
  position: 0,
  vote_sum: 0,
});

const ticketOf = (url: URL, id: number, { subject, group, isDeleted, version }: DoubleTicket): object => ({
  id,
  url: `${url.origin}/api/v2/tickets/${id}.json`,
  subject,
  raw_subject: subject,
  description: '',
  priority: null,
  status: isDeleted ? 'deleted' : 'open',
  group_id: group,
  requester_id: 7,
  tags: ['a'],
  type: null,
  created_at: timeOf(0),
  updated_at: timeOf(version),
  generated_timestamp: Math.floor(start / 1_000) + version,
});

const agentOf = (id: number, { email, role, restriction }: DoubleAgent): object => ({
  id,
  email,
  name: email,
  role,
  active: true,
  suspended: false,
  ticket_restriction: restriction,
});

function listOf(url: URL, field: string, all: readonly object[]): ServiceReply {
  if (!url.searchParams.has('page[size]')) return numberedPage(url, field, all);
  const after = Number(Buffer.from(url.searchParams.get('page[after]') ?? '', 'base64').toString() || '0');
  const end = after + pageSize;
  const hasMore = end < all.length;
  const cursor = Buffer.from(String(end)).toString('base64');
  return {
    json: {
      [field]: all.slice(after, end),
      meta: { has_more: hasMore, after_cursor: hasMore ? cursor : null, before_cursor: null },
      links: {
        next: hasMore ? `${url.origin}${url.pathname}?page%5Bafter%5D=${cursor}&page%5Bsize%5D=3` : null,
        prev: null,
      },
    },
  };
}

/** Lists that were not requested with a cursor have numbered pages. */
function numberedPage(url: URL, field: string, all: readonly object[]): ServiceReply {
  const page = Number(url.searchParams.get('page') ?? '1');
  const hasMore = page * pageSize < all.length;
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const items = all.slice((page - 1) * pageSize, page * pageSize);
  return { json: { [field]: items, next_page: hasMore ? next.href : null, previous_page: null, count: all.length } };
}
