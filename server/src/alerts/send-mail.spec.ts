import { afterEach, describe, expect, it } from '@jest/globals';
import { sendMail } from './send-mail.js';
import { startMailServer, type TestMailServer } from './testing/mail-server.js';

let mails: TestMailServer | undefined;
afterEach(() => mails?.close());

const config = (port: number, more: object = {}) => ({
  ...({ kind: 'email', name: 'Mail', host: '127.0.0.1', port, security: 'none', from: 'heddle@example.org' } as const),
  to: ['ada@example.org', 'bob@example.org'],
  ...more,
});
const mail = { id: 'al_1', subject: 'Alert: it broke', text: 'Line\n.\nEnd' };

describe('sendMail', () => {
  it('signs in and sends a plain message to all recipients, with a stable id', async () => {
    mails = await startMailServer();
    await sendMail(config(mails.port, { user: 'heddle' }), 'secret-word', mail, ['127.0.0.1']);
    expect(mails.commands.filter((line) => line.startsWith('RCPT'))).toHaveLength(2);
    expect(mails.commands.find((line) => line.startsWith('AUTH PLAIN'))).toBe(
      `AUTH PLAIN ${Buffer.from('\0heddle\0secret-word').toString('base64')}`,
    );
    expect(mails.mails[0]).toContain('Subject: Alert: it broke');
    expect(mails.mails[0]).toContain('Message-ID: <al_1@heddle>');
    expect(mails.mails[0]).toMatch(/Content-Type: text\/plain/);
  });

  it('connects to no host inside the network that the administrator did not allow', async () => {
    mails = await startMailServer();
    await expect(sendMail(config(mails.port), undefined, mail, [])).rejects.toMatchObject({ code: 'fetch_blocked' });
    expect(mails.commands).toEqual([]);
  });

  it('sends nothing to a server without encryption when encryption is required', async () => {
    mails = await startMailServer();
    const wanted = config(mails.port, { security: 'starttls', user: 'heddle' });
    await expect(sendMail(wanted, 'secret-word', mail, ['127.0.0.1'])).rejects.toMatchObject({ code: 'fetch_failed' });
    expect(mails.commands.join('\n')).not.toMatch(/AUTH|MAIL FROM/);
  });

  it('distinguishes a permanent refusal from a temporary one, and never shows the password', async () => {
    mails = await startMailServer((command) => (command === 'AUTH' ? '535 wrong: secret-word' : undefined));
    const refused = sendMail(config(mails.port, { user: 'heddle' }), 'secret-word', mail, ['127.0.0.1']);
    const error: unknown = await refused.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'fetch_failed', retryable: false });
    expect(String(error)).not.toContain('secret-word');
    await mails.close();
    mails = await startMailServer((command) => (command === 'MAIL' ? '451 later' : undefined));
    await expect(sendMail(config(mails.port), undefined, mail, ['127.0.0.1'])).rejects.toMatchObject({
      retryable: true,
    });
  });
});
