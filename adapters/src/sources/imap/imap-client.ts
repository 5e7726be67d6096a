import { HeddleError, type SourceRequest } from '@heddle/core';
import type { ImapFlow, ImapFlowOptions } from 'imapflow';
import { addressOf, type ImapConfig } from './imap-config.js';

const waitMs = 20_000;
const silenceMs = 120_000;
/** In bytes: enough for a list of a million message numbers. */
const longestLine = 16_000_000;

/**
 * Connects to the server and signs in. Errors: `fetch_blocked`, `source_unauthorized`, `source_unreachable`, `source_failed`, `aborted`.
 */
export async function openMailServer({
  config,
  checkHost,
  secret,
  signal,
  maxBytes,
}: SourceRequest<ImapConfig>): Promise<ImapFlow> {
  const url = addressOf(config);
  const { address, name } = await checkHost(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port));
  const pass = secret === undefined ? '' : await secret.valueFor(url);
  const { ImapFlow: Client } = await import('imapflow');
  signal.throwIfAborted();
  const client = new Client({
    host: address,
    port: Number(url.port),
    servername: name,
    ...encryptions[config.encryption],
    auth: { user: config.user, pass },
    clientInfo: { name: 'heddle' },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: waitMs,
    greetingTimeout: waitMs,
    socketTimeout: silenceMs,
    // Sizes that a server announces are not trusted.
    maxLineLength: longestLine,
    maxLiteralSize: maxBytes,
    maxResponseSize: maxBytes + longestLine,
  });
  client.on('error', () => undefined); // The command in progress fails with the same error.
  signal.addEventListener('abort', () => client.close(), { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    throw meaningOf(error, config, signal);
  }
}

const encryptions: Record<ImapConfig['encryption'], Pick<ImapFlowOptions, 'secure' | 'doSTARTTLS'>> = {
  tls: { secure: true },
  starttls: { secure: false, doSTARTTLS: true },
  none: { secure: false, doSTARTTLS: false },
};

/** Converts an error of the client into an error of the sync. */
export function meaningOf(error: unknown, { server, user }: ImapConfig, signal: AbortSignal): unknown {
  if (error instanceof HeddleError) return error;
  if (signal.aborted) return new HeddleError('aborted', 'The sync was stopped while it read messages.');
  const { authenticationFailed, tlsFailed, code = '', message = '', responseText, throttleReset } = error as ImapError; // Errors of the client have these fields.
  const said = (responseText ?? message).slice(0, 300);
  if (authenticationFailed === true)
    return new HeddleError(
      'source_unauthorized',
      `'${server}' refuses the sign-in of '${user}' (${said}): set the secret of the source to its password.`,
    );
  if (code === 'ETHROTTLE')
    return new HeddleError('source_rate_limited', `'${server}' asks Heddle to wait: ${said}`, {
      details: { retryAfterMs: throttleReset ?? 60_000 },
    });
  if (tlsFailed === true || /CERT|TLS|SSL|SELF_SIGNED/i.test(code) || /STARTTLS|certificate|SSL/i.test(said))
    return new HeddleError(
      'source_failed',
      `'${server}' cannot be reached with the encryption setting of the source: ${said}`,
    );
  return new HeddleError('source_unreachable', `'${server}' cannot be reached, or ended the connection: ${said}`);
}

interface ImapError {
  readonly authenticationFailed?: boolean;
  readonly tlsFailed?: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly responseText?: string;
  readonly throttleReset?: number;
}
