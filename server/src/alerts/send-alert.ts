import type { SigningFetch } from '@heddle/adapters/fetch';
import {
  checkSecretHost,
  HeddleError,
  secretNotFound,
  type AlertStore,
  type Clock,
  type SecretHandle,
  type StoredAlertChannel,
} from '@heddle/core';
import { signStandard } from '../channels/webhooks/sign.js';
import type { Lazy } from '../common/lazy.js';
import type { SecretAccess, SecretReader } from '../secrets/secret-access.js';
import { AlertMessage, emailMessage, slackMessage } from './alert-message.js';
import { sendMail } from './send-mail.js';

/** The parts that sending an alert uses. */
export interface SendSources {
  readonly store: Pick<AlertStore, 'secretOf'>;
  readonly fetch: Lazy<Pick<SigningFetch, 'fetch'>>;
  readonly secrets: Pick<SecretAccess, 'credential'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Hosts inside the network that the administrator has allowed. */
  readonly allowedHosts: readonly string[];
}

const timeoutMs = 10_000;
const mostAnswerBytes = 2_000;

/**
 * Sends a message through a channel, with the checks of the safe fetch. Errors: `fetch_blocked`, `fetch_failed`, `secret_not_found`,
 * `secret_host_refused`, `secret_needs_host`.
 */
export async function sendAlert(
  sources: SendSources,
  channel: StoredAlertChannel,
  id: string,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const { config } = channel;
  switch (config.kind) {
    case 'webhook': {
      const body = Buffer.from(text);
      const timestamp = String(Math.floor(sources.clock.now() / 1_000));
      const headers = signStandard((await sources.store.secretOf(channel.id)) ?? '', { id, timestamp, body });
      return post(sources, config.url, body, headers, signal);
    }
    case 'slack': {
      const message = slackMessage(AlertMessage.parse(JSON.parse(text)));
      const url = (await sources.store.secretOf(channel.id)) ?? config.url;
      return post(sources, url, Buffer.from(JSON.stringify(message)), {}, signal);
    }
    case 'email': {
      const message = emailMessage(AlertMessage.parse(JSON.parse(text)));
      const password = await passwordOf(sources.secrets, channel, config);
      return sendMail(config, password, { id, ...message }, sources.allowedHosts);
    }
  }
}

async function post(
  { fetch }: SendSources,
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const reply = await (
    await fetch.get()
  ).fetch({
    url,
    method: 'POST',
    body,
    timeoutMs,
    signal,
    maxBytes: mostAnswerBytes,
    isNotice: true,
    headers: { 'content-type': 'application/json', ...headers },
  });
  if (reply.status >= 200 && reply.status < 300) return;
  throw new HeddleError('fetch_failed', `The receiver answered with status ${reply.status}.`, {
    retryable: reply.status === 429 || reply.status >= 500,
  });
}

/** The password for a mail server: a secret of the project that may be sent to this host and is not limited to certain workflows. */
async function passwordOf(
  secrets: SendSources['secrets'],
  { project }: StoredAlertChannel,
  {
    host,
    port,
    passwordSecret,
    security,
  }: { host: string; port: number; passwordSecret?: string | undefined; security: string },
): Promise<string | undefined> {
  if (passwordSecret === undefined) return undefined;
  const reader: SecretReader = { project, workflow: '', mayUse: () => true };
  const secret: SecretHandle = { name: passwordSecret };
  const credential = await secrets.credential(reader, { secret, header: 'authorization', scheme: 'basic' });
  // A secret names its hosts like web addresses: `smtp.example.com:587`, or `smtp.example.com` for the TLS port.
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  checkSecretHost(
    credential,
    new URL(security === 'tls' && port === 465 ? `https://${shown}` : `https://${shown}:${port}`),
  );
  const value = await credential.value();
  if (value === '') throw secretNotFound(passwordSecret);
  return value;
}
