import { syncSource, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSlackDouble, type SlackDouble } from './slack-double.js';
import { createSlackSource } from './slack-source.js';

const now = Date.parse('2026-11-10T12:00:00Z');
/** The time of a message this many days ago. */
const at = (days: number, more = 0): string => `${now / 1_000 - days * 86_400 + more}.000100`;
const dayOf = (days: number): string => new Date(now - days * 86_400_000).toISOString().slice(0, 10);

/** Each document of the suite is one message on a day of its own. */
async function open(): Promise<SourceConnectorSubject> {
  const slack = await openSlackDouble();
  slack.channels.set('C01', { name: 'docs', isPrivate: false, members: [] });
  const days = new Map<string, { readonly day: number; readonly text: string }>();
  let last = 0;
  const soon = async (work: () => void): Promise<void> => work();
  const put = (name: string, text: string): void => {
    const day = days.get(name)?.day ?? (last += 1);
    days.set(name, { day, text });
    slack.write('C01', { ts: at(day), user: 'U1', text });
  };
  const remove = (name: string): void => {
    slack.messages.get('C01')?.delete(at(days.get(name)?.day ?? 0));
    days.delete(name);
  };
  return {
    connector: createSlackSource(slack.server),
    config: { channels: ['C01'] },
    badConfigs: [{}, { channels: [] }, { channels: ['general'] }, { channels: ['C01'], days: 0 }],
    request: { ...slack.request, now: () => now },
    write: (name, text) => soon(() => put(name, text)),
    remove: (name) => soon(() => remove(name)),
    rename: (from, to) =>
      soon(() => {
        const text = days.get(from)?.text ?? '';
        remove(from);
        put(to, text);
      }),
    faults: slack.faults,
    close: () => slack.close(),
  };
}

/** The suite compares contents, so it sees only the text of the one message of a day. */
function withTexts(open: () => Promise<SourceConnectorSubject>): () => Promise<SourceConnectorSubject> {
  return async () => {
    const subject = await open();
    const { connector } = subject;
    return {
      ...subject,
      connector: {
        ...connector,
        async *changes(request) {
          for await (const change of connector.changes(request)) {
            if (change.type !== 'upsert' || typeof change.document.content !== 'function') yield change;
            else {
              const { content: load } = change.document;
              const content = async () => ({ content: String((await load()).content).replace(/^[^]*?\) /, '') });
              yield { ...change, document: { ...change.document, content } };
            }
          }
        },
      },
    };
  };
}

testSourceConnector({ describe, it }, 'slack', withTexts(open), ['limit', 'setToken', 'cutPages']);

describe('the source slack', () => {
  let slack: SlackDouble;
  let sync = createMemorySync();
  beforeEach(async () => {
    slack = await openSlackDouble();
    sync = createMemorySync();
    slack.channels.set('C01', { name: 'general', isPrivate: false, members: ['U1', 'U2'] });
    slack.channels.set('G02', { name: 'board', isPrivate: true, members: ['U1', 'U3', 'U4', 'U2'] });
  });
  afterEach(() => slack.close());

  const run = (config: object = {}): Promise<SyncReport> => {
    const connector = createSlackSource(slack.server);
    return syncSource({
      connector,
      request: {
        ...slack.request,
        config: connector.config.parse({ channels: ['C01'], ...config }),
        maxBytes: 10_000,
        now: () => now,
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  };

  it('writes a day with its replies, names and links as people see them', async () => {
    const replies = Array.from({ length: 4 }, (_, index) => ({
      ts: at(0, index + 10),
      user: 'U2',
      text: `Reply ${index}`,
    }));
    slack.write('C01', {
      ts: at(0),
      user: 'U1',
      text: '<@U2> see <https://a.example/|the plan> &amp; <#C01|general> <!here>',
      replies,
    });
    slack.write('C01', { ts: at(0, 60), user: 'U9', text: 'a &lt; b' });
    slack.write('C01', { ts: at(0, 70), user: 'U1', text: 'joined', subtype: 'channel_join' });
    slack.write('C01', { ts: at(400), user: 'U1', text: 'Old.' });
    await run();
    expect([...sync.documents.values()]).toMatchObject([
      {
        id: `C01/${dayOf(0)}`,
        title: `#general, ${dayOf(0)}`,
        metadata: { channel: 'general', day: dayOf(0) },
        url: `https://acme.slack.com/archives/C01/p${at(0).replace('.', '')}`,
        content: [
          `# #general, ${dayOf(0)}`,
          [
            '**Ada** (12:00) @Bob see [the plan](https://a.example/) & #general @here',
            ...[0, 1, 2, 3].map((index) => `- **Bob** Reply ${index}`),
          ].join('\n'),
          '**Somebody** (12:01) a < b',
        ].join('\n\n'),
      },
    ]);
    // A new reply changes the day of its message.
    slack.write('C01', {
      ts: at(0),
      user: 'U1',
      text: 'Hello.',
      replies: [...replies, { ts: at(-1), user: 'U1', text: 'Later.' }],
    });
    expect(await run()).toMatchObject({ stored: 1 });
  });

  it('lets only the members of a private channel read it', async () => {
    slack.write('C01', { ts: at(1), user: 'U1', text: 'For all.' });
    slack.write('G02', { ts: at(1), user: 'U1', text: 'For us.' });
    const channels = ['C01', 'G02'];
    await run({ channels });
    const readers = (): readonly unknown[] => [...sync.documents.values()].map((document) => document.readers);
    expect(readers()).toEqual([undefined, ['user:ada@acme.test', 'user:bob@acme.test']]);
    slack.channels.set('G02', { name: 'board', isPrivate: true, members: ['U2'] });
    await run({ channels });
    expect(readers()).toEqual([undefined, ['user:bob@acme.test']]);
    await run({ channels, readers: 'collection' });
    expect(readers()).toEqual([undefined, undefined]);
  });

  it('removes nothing when the app is not in a channel', async () => {
    slack.write('C01', { ts: at(1), user: 'U1', text: 'Hello.' });
    await run();
    await expect(run({ channels: ['C01', 'C99'] })).rejects.toMatchObject({
      code: 'source_failed',
      message: expect.stringContaining('invite the app'),
    });
    expect(sync.documents.size).toBe(1);
  });
});
