import { openTestService, type ServiceCall, type ServiceReply, type TestService } from '../testing/test-service.js';

interface DoubleMessage {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly subtype?: string;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly replies?: readonly { readonly ts: string; readonly user: string; readonly text: string }[];
}

/** A test double of Slack: messages of channels. Its lists have three entries on each page. */
export interface SlackDouble extends TestService {
  readonly channels: Map<
    string,
    { readonly name: string; readonly isPrivate: boolean; readonly members: readonly string[] }
  >;
  /** By channel and then by time. */
  readonly messages: Map<string, Map<string, DoubleMessage>>;
  /** Creates a message, or edits one with the same time: an edited message has the field `edited`. */
  write(channel: string, message: DoubleMessage): void;
}

const pageSize = 3;
const users = [
  {
    id: 'U1',
    name: 'ada',
    real_name: 'Ada Lovelace',
    deleted: false,
    profile: { display_name: 'Ada', email: 'ada@acme.test' },
  },
  { id: 'U2', name: 'bob', real_name: 'Bob', deleted: false, profile: { display_name: '', email: 'bob@acme.test' } },
  { id: 'U3', name: 'gone', real_name: '', deleted: true, profile: { email: 'gone@acme.test' } },
  { id: 'U4', name: 'app', real_name: 'An app', deleted: false, profile: {} },
];

/** Starts the double. @example const slack = await openSlackDouble(); slack.write(channel, { ts: '1.000100', user, text: 'Hello.' }); */
export async function openSlackDouble(): Promise<SlackDouble> {
  const channels: SlackDouble['channels'] = new Map();
  const messages: SlackDouble['messages'] = new Map();
  const service = await openTestService({
    answer: (call) => answer(channels, messages, call),
    refused: { status: 200, json: { ok: false, error: 'invalid_auth' } },
    limited: { status: 429, json: { ok: false, error: 'ratelimited' } },
  });
  let edits = 0;
  return {
    ...service,
    channels,
    messages,
    write(channel, message) {
      const all = messages.get(channel) ?? new Map<string, DoubleMessage>();
      const isEdit = all.has(message.ts);
      const edited = isEdit ? { edited: { user: message.user, ts: `${(edits += 1)}.000000` } } : {};
      messages.set(channel, all.set(message.ts, { ...message, ...edited }));
    },
  };
}

function answer(
  channels: SlackDouble['channels'],
  messages: SlackDouble['messages'],
  { url, body }: ServiceCall,
): ServiceReply | undefined {
  // Slack accepts parameters in the URL or as a form.
  const query = typeof body === 'string' ? new URLSearchParams(body) : url.searchParams;
  const id = query.get('channel') ?? '';
  const channel = channels.get(id);
  const list = (field: string, all: readonly unknown[]): ServiceReply => {
    const start = Number(query.get('cursor') ?? '0');
    const end = start + pageSize;
    const next = end < all.length ? String(end) : '';
    return {
      json: {
        ok: true,
        [field]: all.slice(start, end),
        has_more: next !== '',
        response_metadata: { next_cursor: next },
      },
    };
  };
  const method = url.pathname.replace('/api/', '');
  if (method === 'auth.test')
    return { json: { ok: true, url: 'https://acme.slack.com/', team: 'Acme', user: 'heddle' } };
  if (method === 'users.list') return list('members', users);
  if (!method.startsWith('conversations.')) return { json: { ok: false, error: 'unknown_method' } };
  if (channel === undefined) return { json: { ok: false, error: 'channel_not_found' } };
  if (method === 'conversations.info')
    return { json: { ok: true, channel: { id, name: channel.name, is_channel: true, is_private: channel.isPrivate } } };
  if (method === 'conversations.members') return list('members', channel.members);
  const all = [...(messages.get(id)?.values() ?? [])].sort((one, other) => Number(other.ts) - Number(one.ts));
  if (method === 'conversations.history')
    return list('messages', all.filter(({ ts }) => Number(ts) >= Number(query.get('oldest') ?? '0')).map(messageOf));
  const thread = all.find(({ ts }) => ts === query.get('ts'));
  if (thread === undefined) return { json: { ok: false, error: 'thread_not_found' } };
  return list('messages', [
    messageOf(thread),
    ...(thread.replies ?? []).map((reply) => ({ type: 'message', thread_ts: thread.ts, ...reply })),
  ]);
}

function messageOf({ replies = [], ...message }: DoubleMessage): object {
  const thread =
    replies.length === 0
      ? {}
      : { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts, reply_users: [] };
  return { type: 'message', team: 'T1', ...message, ...thread };
}
