import type { Clock } from '@heddle/core';
import { z } from 'zod';
import { createValueCache } from './value-cache.js';
import { signV4, type AwsCredentials } from './sign-v4.js';
import { secretRefused, storeFailed } from './store-errors.js';

interface AwsSecretsOptions {
  readonly region: string;
  /** Replaces the public address of the region, for a private endpoint or for tests. */
  readonly endpoint?: string;
  /** Called for each request, because temporary credentials change. */
  readonly credentials: () => Promise<AwsCredentials>;
  readonly clock: Pick<Clock, 'now' | 'steady'>;
  readonly timeoutMs?: number;
}

/** The name or ARN of a secret, and the field if its value is a JSON object. */
interface AwsSecretId {
  readonly id: string;
  readonly field?: string | undefined;
}

const Reply = z.object({ SecretString: z.string().optional(), SecretBinary: z.base64().optional() });
const Refusal = z.object({ __type: z.string() });
const keepMs = 30_000;
const defaultTimeoutMs = 5_000;

/** Refusals that no retry changes, with their meaning. */
const refusals: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'AWS Secrets Manager has no secret with the id on its card',
  InvalidRequestException: 'the secret is marked for deletion in AWS Secrets Manager',
  InvalidParameterException: 'AWS Secrets Manager does not accept the id on its card',
  ValidationException: 'AWS Secrets Manager does not accept the id on its card',
  DecryptionFailure: 'AWS Secrets Manager cannot decrypt it with its key',
  AccessDeniedException: "AWS does not allow Heddle's credentials to read it",
  UnrecognizedClientException: "AWS does not know Heddle's credentials",
  InvalidClientTokenId: "AWS does not know Heddle's credentials",
  InvalidSignatureException: "AWS refuses Heddle's credentials",
  IncompleteSignatureException: "AWS refuses Heddle's credentials",
  ExpiredTokenException: "Heddle's AWS credentials have expired",
};

/**
 * Reads secrets from AWS Secrets Manager through its HTTP API. Errors: `secret_unreadable` if the credentials, the id or the field are
 * wrong, `secret_store_failed` if AWS is busy or unreachable.
 *
 * @example await createAwsSecrets(options)('crm-key', { id: 'prod/crm', field: 'token' })
 */
export function createAwsSecrets(options: AwsSecretsOptions): (name: string, location: AwsSecretId) => Promise<string> {
  const { region, clock, timeoutMs = defaultTimeoutMs } = options;
  const kept = createValueCache(clock.steady ?? clock);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(options.endpoint ?? `https://secretsmanager.${region}.${domain}/`);

  async function ask(name: string, id: string): Promise<Response> {
    const body = JSON.stringify({ SecretId: id });
    const { host: _host, ...headers } = signV4({
      method: 'POST',
      url,
      body,
      region,
      service: 'secretsmanager',
      now: clock.now(),
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
      credentials: await options.credentials(),
    });
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      return await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    } catch (cause) {
      throw storeFailed(name, 'AWS Secrets Manager does not answer', cause);
    }
  }

  return (name, { id, field }) =>
    kept(JSON.stringify([id, field]), async () => {
      const response = await ask(name, id);
      const body: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw refusal(name, response.status, body);
      const reply = Reply.safeParse(body);
      const text = reply.data?.SecretString ?? decoded(reply.data?.SecretBinary);
      if (text === undefined) throw storeFailed(name, 'AWS Secrets Manager answers in an unexpected form');
      return { value: valueOf(name, text, field), keepMs };
    });
}

const decoded = (binary: string | undefined): string | undefined =>
  binary === undefined ? undefined : Buffer.from(binary, 'base64').toString('utf8');

function valueOf(name: string, text: string, field: string | undefined): string {
  const value = field === undefined ? text : memberOf(text, field);
  if (typeof value !== 'string' || value === '')
    throw secretRefused(name, field === undefined ? 'it is empty' : 'it is not a JSON object with a text in its field');
  return value;
}

function memberOf(text: string, field: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, field)
      ? Reflect.get(parsed, field)
      : undefined;
  } catch {
    return undefined;
  }
}

function refusal(name: string, status: number, body: unknown): Error {
  const type = Refusal.safeParse(body).data?.__type.split('#').at(-1) ?? '';
  const why = Object.hasOwn(refusals, type) ? refusals[type] : undefined;
  return why === undefined
    ? storeFailed(name, `AWS Secrets Manager answers with status ${status}`)
    : secretRefused(name, why);
}
