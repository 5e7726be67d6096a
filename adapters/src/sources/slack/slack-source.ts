import { createHash } from 'node:crypto';
import type { SourceChange, SourceConnector, SourceContent, SourceDocument, SourceRequest } from '@heddle/core';
import { z } from 'zod';
import { SlackApi, SlackChannel, SlackMessage, SlackUser } from './slack-api.js';
import { dayAsMarkdown, type Discussion, type Names } from './slack-text.js';

const SlackConfig = z.strictObject({
  channels: z
    .array(z.string().regex(/^[CG][A-Z0-9]{2,30}$/, { error: 'The id of a channel, such as C0123456789' }))
    .min(1)
    .max(200)
    .meta({ title: 'Channels', description: 'Ids of channels that the app is in, such as C0123456789.' }),
  days: z.int().min(1).max(36_500).default(365).meta({
    title: 'Most days',
    description: 'Older messages are left out, and removed from the collection.',
  }),
  readers: z.enum(['slack', 'collection']).default('slack').meta({
    title: 'Who may read',
    description: 'For a private channel its members (slack), or everybody who may read the collection (collection).',
  }),
});
type SlackConfig = z.infer<typeof SlackConfig>;

const dayMs = 86_400_000;
/** Subtypes of automatic messages, for example that somebody joined, left or renamed something. */
const notices = /^(?:channel|group)_|^(?:bot_add|bot_remove|pinned_item|tombstone)$/;

/**
 * Creates the connector.
 *
 * @param server another address than Slack's, for tests
 */
export const createSlackSource = (server = 'https://slack.com'): SourceConnector<SlackConfig> => ({
  kind: 'slack',
  title: 'Slack',
  description: 'Messages of Slack channels with their replies, one document a day.',
  config: SlackConfig,
  capabilities: { isIncremental: false, hasReaders: true, secret: 'required' },
  changes: (request) => changes(request, server),
});

/** The connector for channels in Slack. */
export const slackSource = createSlackSource();

async function* changes(request: SourceRequest<SlackConfig>, server: string): AsyncGenerator<SourceChange> {
  const { config, now } = request;
  const slack = new SlackApi(request, server);
  const { url: workspace } = await slack.ask('auth.test', {}, z.object({ ok: z.literal(true), url: z.url() }));
  const users = new Map<string, SlackUser>();
  for await (const user of slack.all('users.list', {}, 'members', SlackUser)) users.set(user.id, user);
  const names: Names = new Map([...users].map(([id, user]) => [id, nameOf(user)]));
  // Starts at the beginning of a day, so that every day is complete.
  const oldest = String(Math.floor((now() - config.days * dayMs) / dayMs) * (dayMs / 1_000));
  yield { type: 'listing' };
  for (const id of new Set(config.channels)) {
    const { channel } = await slack.ask('conversations.info', { channel: id }, ChannelReply);
    const readers = config.readers === 'slack' && channel.is_private ? await membersOf(slack, id, users) : undefined;
    for (const [day, messages] of await daysOf(slack, id, oldest))
      yield { type: 'upsert', document: documentOf({ slack, channel, names, readers, workspace, day, messages }) };
  }
  yield { type: 'checkpoint', isComplete: true };
}

const ChannelReply = z.object({ ok: z.literal(true), channel: SlackChannel });

const nameOf = ({ id, name, real_name: real, profile }: SlackUser): string =>
  [profile.display_name, real, name].find((one) => one !== undefined && one !== null && one !== '') ?? id;

/** The members of a channel as readers. Members without an email address, such as apps and guests, are left out. */
async function membersOf(
  slack: SlackApi,
  channel: string,
  users: ReadonlyMap<string, SlackUser>,
): Promise<readonly string[]> {
  const readers: string[] = [];
  for await (const id of slack.all('conversations.members', { channel }, 'members', z.string())) {
    const email = users.get(id)?.deleted === true ? undefined : users.get(id)?.profile.email;
    if (email !== undefined && email !== null && email !== '') readers.push(`user:${email}`);
  }
  return readers.sort();
}

/** The messages of a channel by day (UTC), oldest first. Replies are not included here; they are read with their messages. */
async function daysOf(
  slack: SlackApi,
  channel: string,
  oldest: string,
): Promise<ReadonlyMap<string, readonly SlackMessage[]>> {
  const days = new Map<string, SlackMessage[]>();
  for await (const message of slack.all('conversations.history', { channel, oldest }, 'messages', SlackMessage)) {
    const { ts, thread_ts: thread, subtype = '' } = message;
    if (notices.test(subtype) || (thread !== undefined && thread !== ts)) continue;
    const day = new Date(Number(ts) * 1_000).toISOString().slice(0, 10);
    const known = days.get(day);
    if (known === undefined) days.set(day, [message]);
    else known.push(message);
  }
  for (const messages of days.values()) messages.sort((one, other) => Number(one.ts) - Number(other.ts));
  return days;
}

interface Day {
  readonly slack: SlackApi;
  readonly channel: SlackChannel;
  readonly names: Names;
  readonly readers: readonly string[] | undefined;
  readonly workspace: string;
  readonly day: string;
  readonly messages: readonly SlackMessage[];
}

function documentOf(given: Day): SourceDocument {
  const { channel, readers, workspace, day, messages } = given;
  const [first] = messages;
  const facts = messages.map(({ ts, edited, latest_reply: latest, reply_count: replies }) => [
    ts,
    edited?.ts,
    latest,
    replies,
  ]);
  return {
    id: `${channel.id}/${day}`,
    title: titleOf(given),
    url: new URL(`/archives/${channel.id}/p${first?.ts.replace('.', '') ?? ''}`, workspace).href,
    modified: Math.max(...messages.map(({ ts, latest_reply: latest }) => Number(latest ?? ts) * 1_000)),
    etag: createHash('sha256').update(JSON.stringify(facts)).digest('base64url'),
    readers,
    metadata: { channel: channel.name, day },
    content: () => load(given),
  };
}

const titleOf = ({ channel, day }: Day): string => `#${channel.name}, ${day}`;

async function load(given: Day): Promise<SourceContent> {
  const { slack, channel, messages, names } = given;
  const discussions: Discussion[] = [];
  for (const message of messages) {
    const replies: SlackMessage[] = [];
    const thread = { channel: channel.id, ts: message.ts };
    if (message.reply_count > 0)
      for await (const reply of slack.all('conversations.replies', thread, 'messages', SlackMessage))
        if (reply.ts !== message.ts) replies.push(reply);
    discussions.push({ message, replies });
  }
  return { content: dayAsMarkdown(titleOf(given), discussions, names), mediaType: 'text/markdown' };
}
