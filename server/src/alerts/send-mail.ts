import { resolveMailServer } from '@heddle/adapters/fetch';
import { HeddleError, type AlertChannelConfig } from '@heddle/core';

type EmailConfig = Extract<AlertChannelConfig, { kind: 'email' }>;

export interface Mail {
  /** The same for every attempt. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

const timeoutMs = 10_000;

/**
 * Sends an e-mail. The mail library is loaded at first use. It connects to exactly the address that was checked, and sends a password only
 * through an encrypted connection, except to this machine.
 *
 * Errors: `fetch_blocked`, `fetch_failed`; a final refusal of the server is not retryable.
 */
export async function sendMail(
  { host, port, security, user, from, to }: EmailConfig,
  password: string | undefined,
  { id, subject, text }: Mail,
  allowedHosts: readonly string[],
): Promise<void> {
  const { address, name } = await resolveMailServer(host, port, { allowedHosts });
  if (password !== undefined && security === 'none' && !isLoopback(address))
    throw new HeddleError(
      'fetch_blocked',
      `A password is not sent to '${host}' without encryption: choose TLS or STARTTLS.`,
    );
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    tls: { servername: name ?? '', minVersion: 'TLSv1.2' },
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
    // A message is plain text: no file or address is read for it.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await withDeadline(transport.sendMail({ from, to: [...to], subject, text, messageId: `<${id}@heddle>` }));
  } catch (cause) {
    throw toMailError(cause, host, password);
  } finally {
    transport.close();
  }
}

/** Limits the total time, because the server could reply one byte at a time. */
async function withDeadline(sending: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it did not answer in time')), 2 * timeoutMs);
  });
  try {
    await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
    sending.catch(() => undefined);
  }
}

function toMailError(cause: unknown, host: string, password: string | undefined): HeddleError {
  if (cause instanceof HeddleError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const why = password === undefined ? said : said.replaceAll(password, '…');
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'responseCode') : undefined;
  // A 5xx reply is final (RFC 5321 4.2.1).
  const isFinal = typeof code === 'number' && code >= 500;
  return new HeddleError('fetch_failed', `The mail server '${host}' did not take the message: ${why.slice(0, 300)}`, {
    retryable: !isFinal,
  });
}

const isLoopback = (address: string): boolean => address === '::1' || /^127\./.test(address);
