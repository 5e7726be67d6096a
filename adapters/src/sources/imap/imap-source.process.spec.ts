import { syncSource, type SourceRequest, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ImapFlow } from 'imapflow';
import { checkHost } from '../../fetch/index.js';
import { mailServerMissing, startMailServer, type TestMailServer } from '../testing/mail-server.js';
import { addressOf, ImapConfig } from './imap-config.js';
import { imapSource } from './imap-source.js';

const missing = mailServerMissing();
const onServer = missing === undefined ? describe : describe.skip;

describe('the configuration of a mailbox', () => {
  it('uses the port of its encryption unless it names a port', () => {
    const of = (server: string, encryption: ImapConfig['encryption']): string => addressOf({ server, encryption }).href;
    expect(of('mail.test', 'tls')).toBe('imaps://mail.test:993');
    expect(of('mail.test', 'starttls')).toBe('imaps://mail.test:143');
    expect(of('[::1]:7993', 'none')).toBe('imaps://[::1]:7993');
  });
});

onServer(missing ?? 'messages of Dovecot', () => {
  let mail: TestMailServer;
  /** A client beside the connector that changes the mailbox. */
  let person: ImapFlow;
  beforeAll(async () => {
    mail = await startMailServer();
    const auth = { user: mail.user, pass: 'pass' };
    person = new ImapFlow({
      host: '127.0.0.1',
      port: mail.port,
      auth,
      logger: false,
      secure: false,
      doSTARTTLS: false,
      disableAutoIdle: true,
    });
    await person.connect();
  });
  afterAll(async () => {
    person.close();
    await mail.close();
  });

  const eml = (subject: string, text: string): string =>
    [
      `From: ada@example.test`,
      `Subject: ${subject}`,
      'Date: Mon, 02 Nov 2026 10:00:00 +0000',
      '',
      ...text.split('\n'),
      '',
    ].join('\r\n');

  const outside = (password: () => string = () => 'pass'): Partial<SourceRequest> => {
    const loopback = [{ address: '127.0.0.1', family: 4 as const }];
    return {
      secret: { handle: { name: 'mail' }, valueFor: () => Promise.resolve(password()) },
      checkHost: (host, port) =>
        checkHost(host, port, { allowedHosts: ['mail.test'], resolve: () => Promise.resolve(loopback) }),
      maxBytes: 2_000,
      now: () => Date.now(),
    };
  };

  const empty = async (path: string): Promise<void> => {
    await person.mailboxClose().catch(() => undefined);
    await person.mailboxDelete(path).catch(() => undefined);
    await person.mailboxCreate(path);
    await person.mailboxOpen(path);
  };

  async function open(): Promise<SourceConnectorSubject> {
    const mailbox = 'Docs';
    await empty(mailbox);
    let password = 'pass';
    const messages = new Map<string, { readonly uid: number; readonly text: string }>();
    const put = async (name: string, text: string): Promise<void> => {
      const added = await person.append(mailbox, eml('Handbook', text));
      messages.set(name, { uid: added === false ? 0 : (added.uid ?? 0), text });
    };
    const remove = async (name: string): Promise<void> => {
      const uid = messages.get(name)?.uid;
      messages.delete(name);
      if (uid !== undefined) await person.messageDelete(String(uid), { uid: true });
    };
    const config = { server: `mail.test:${mail.port}`, user: mail.user, mailboxes: [mailbox], encryption: 'none' };
    return {
      connector: imapSource,
      config,
      badConfigs: [
        {},
        { ...config, server: 'imap://mail.test' },
        { ...config, server: 'mail.test:99999' },
        { ...config, server: 'user@mail.test' },
        { ...config, user: 'a\r\nb' },
        { ...config, mailboxes: [] },
        { ...config, mailboxes: ['a\nb'] },
      ],
      request: outside(() => password),
      async write(name, text) {
        await remove(name);
        await put(name, text);
      },
      remove,
      async rename(from, to) {
        const text = messages.get(from)?.text ?? '';
        await remove(from);
        await put(to, text);
      },
      textOf: (text) => eml('Handbook', text),
      faults: { setToken: (isValid) => void (password = isValid ? 'pass' : 'another') },
    };
  }

  testSourceConnector({ describe, it }, 'imap', open, ['setToken']);

  describe('the mailboxes', () => {
    let sync = createMemorySync();
    beforeEach(() => {
      sync = createMemorySync();
    });
    const run = (config: object, request: Partial<SourceRequest> = {}): Promise<SyncReport> =>
      syncSource({
        connector: imapSource,
        request: {
          ...outside(),
          config: ImapConfig.parse({
            server: `mail.test:${mail.port}`,
            user: mail.user,
            encryption: 'none',
            ...config,
          }),
          signal: new AbortController().signal,
          wait: () => Promise.resolve(),
          ...request,
        } as never,
        state: sync.state,
        target: sync.target,
        settings: {},
        hash: (text: string) => text,
      });

    it('keeps the subject, the sender and the time, marks nothing as read, and skips deleted and old messages', async () => {
      await empty('Box');
      await person.append('Box', eml('Grüße?', 'Hello.'), [], new Date('2026-11-02T10:00:00Z'));
      await person.append('Box', eml('Gone', 'Deleted.'), ['\\Deleted']);
      await person.append('Box', eml('Old', 'Old.'), [], new Date('2020-01-01T00:00:00Z'));
      const now = (): number => Date.parse('2026-11-10T00:00:00Z');
      expect(await run({ mailboxes: ['Box'], days: 30 }, { now })).toMatchObject({ named: 1, stored: 1 });
      const [document] = sync.documents.values();
      expect(document).toMatchObject({
        title: 'Grüße?',
        mediaType: 'message/rfc822',
        modified: Date.parse('2026-11-02T10:00:00Z'),
        metadata: { mailbox: 'Box', from: 'ada@example.test' },
      });
      expect([...(((await person.fetchOne('1', { flags: true })) || { flags: [] }).flags ?? [])]).not.toContain(
        '\\Seen',
      );
      // Without the limit, the old message is read too.
      expect(await run({ mailboxes: ['Box', 'Box'] }, { now })).toMatchObject({ named: 2, stored: 1, unchanged: 1 });
    });

    it('reports a message that is too large, and reads a recreated mailbox from the start', async () => {
      await empty('Box');
      await person.append('Box', eml('Large', 'x'.repeat(3_000)));
      await person.append('Box', eml('Small', 'Small.'));
      expect(await run({ mailboxes: ['Box'] })).toMatchObject({ stored: 1, failed: 1 });
      expect([...sync.failures.values()]).toMatchObject([{ code: 'document_too_large' }]);
      await empty('Box');
      await person.append('Box', eml('Another', 'Another message with the number of the first.'));
      await run({ mailboxes: ['Box'] });
      expect([...sync.documents.values()].map(({ title }) => title)).toEqual(['Another']);
    });

    it.each(['it signs in', 'it asks for the first known message'])('stops on an abort while %s', async (when) => {
      await empty('Box');
      for (let index = 0; index < 15; index += 1) await person.append('Box', eml('Many', `Message ${index}.`));
      const stop = new AbortController();
      const abortIf = (now: string): void => {
        if (now === when) stop.abort();
      };
      const { state } = sync;
      const document: typeof state.document = (id) => {
        abortIf('it asks for the first known message');
        return state.document(id);
      };
      sync = { ...sync, state: { ...state, document } };
      const signIn = outside(() => {
        abortIf('it signs in');
        return 'pass';
      });
      const reading = run({ mailboxes: ['Box'] }, { ...signIn, signal: stop.signal });
      await expect(reading).rejects.toMatchObject({ code: 'aborted' });
      expect(sync.documents.size).toBe(0);
    });

    it('says what is wrong, and removes nothing', async () => {
      await empty('Box');
      for (const name of ['a', 'b', 'c']) await person.append('Box', eml(name, name));
      await run({ mailboxes: ['Box'] });
      const refused = async (code: string, config: object, request?: Partial<SourceRequest>): Promise<void> =>
        expect(await run({ mailboxes: ['Box'], ...config }, request).catch((error: unknown) => error)).toMatchObject({
          code,
        });
      await refused('source_failed', { mailboxes: ['Box', 'None'] });
      await refused('source_failed', { maxMessages: 2 });
      await refused('source_failed', { encryption: 'starttls' });
      await refused(
        'source_unauthorized',
        {},
        outside(() => 'wrong'),
      );
      await refused('fetch_blocked', { server: `127.0.0.1:${mail.port}` });
      await refused('source_unreachable', { server: 'mail.test:1' });
      await refused('aborted', {}, { signal: AbortSignal.abort() });
      expect(sync.documents.size).toBe(3);
    });
  });
});
