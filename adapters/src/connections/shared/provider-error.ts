import { HeddleError, type ErrorCode } from '@heddle/core';
import { redactKeys } from './redact-key.js';

interface ErrorFacts {
  readonly connection: string;
  readonly model?: string | undefined;
  readonly status: number | undefined;
  /** The provider's own message. */
  readonly message: string;
  /** The provider's own code or type. */
  readonly reason?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly keys: readonly string[];
}

const longest = 400;

/** Converts a provider's error into a HeddleError: a code that says what to do next, and the provider's message without keys. */
export function providerError(facts: ErrorFacts): HeddleError {
  const { connection, model, status } = facts;
  const message = plainText(redactKeys(facts.message, facts.keys));
  const reason = facts.reason === undefined ? undefined : redactKeys(facts.reason, facts.keys).slice(0, 100);
  const meaning = meaningOf(status, `${reason ?? ''} ${message}`);
  const details = {
    connection,
    model,
    status,
    reason,
    retryAfterSeconds: facts.retryAfterMs === undefined ? undefined : Math.ceil(facts.retryAfterMs / 1000),
    ...(meaning.code === 'context_too_long' ? countsIn(message) : {}),
  };
  return new HeddleError(meaning.code, `Connection '${connection}': ${meaning.advice}${quote(message, meaning.code)}`, {
    details,
    retryable: meaning.retryable,
  });
}

interface Meaning {
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retryable?: boolean;
}

const tooLong =
  /context[_ ]length|context[_ ]size|context window|maximum context|prompt is too long|too many tokens|input token count|exceeds? the (?:available|maximum) (?:context|number of tokens)/i;
const badKey =
  /api[_ ]key[_ ](?:not valid|invalid)|api key not valid|invalid[_ ](?:api[_ ]key|x-api-key|proxy server token)|incorrect api key|authentication[_ ]error|no api[_ -]key|unauthenticated/i;
const outOfMoney = /insufficient[_ ](?:quota|balance|credits?)|credit balance|billing/i;

function meaningOf(status: number | undefined, text: string): Meaning {
  if (status === 401 || status === 403 || (status === 400 && badKey.test(text)))
    return {
      code: 'provider_unauthorized',
      advice: 'the provider refused the key. Set a key that is valid and may use this model.',
    };
  if (status === 402 || (status === 429 && outOfMoney.test(text)))
    return {
      code: 'provider_rate_limited',
      advice: 'the account at the provider has no credit left.',
      retryable: false,
    };
  if (status === 429 || (status === undefined && /rate[_ ]limit/i.test(text)))
    return { code: 'provider_rate_limited', advice: 'the provider asks to wait.' };
  if (status !== 404 && tooLong.test(text))
    return { code: 'context_too_long', advice: 'the prompt is longer than the model can read. Shorten it.' };
  if (status === 408 || status === 504)
    return { code: 'provider_timeout', advice: 'the provider did not finish in time.' };
  if (status !== undefined && status >= 300 && status < 400)
    return {
      code: 'provider_failed',
      advice:
        'the address redirects to another one, and the key was not sent there. Set the base URL to the new address.',
      retryable: false,
    };
  if (status !== undefined && status >= 400 && status < 500 && status !== 409 && status !== 425)
    return { code: 'provider_refused', advice: 'the provider does not accept the request.' };
  return { code: 'provider_failed', advice: `the provider answered with an error${status ? ` (${status})` : ''}.` };
}

/** Reduces text to one line, even if it is an HTML page. */
function plainText(text: string): string {
  return text
    .slice(0, 20_000)
    .replace(/<(script|style)[^<]*<\/\1>/gi, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longest);
}

/** A provider's message about a bad key often contains a part of the key. */
function quote(message: string, code: ErrorCode): string {
  return message === '' || code === 'provider_unauthorized' ? '' : ` It said: ${message}`;
}

/**
 * Reads the two counts of a message such as `… 209024 tokens > 200000 maximum`: the larger one is the prompt, the smaller one the limit.
 */
function countsIn(message: string): { readonly inputTokens?: number; readonly contextTokens?: number } {
  const counted = message.replace(/\b(?:code|status)["']{0,2}\s?[:=]?\s?\d{3}\b/gi, '');
  const numbers = [...counted.matchAll(/\d[\d,]*/g)]
    .map(([text]) => Number(text.replaceAll(',', '')))
    .filter((n) => n > 15);
  const [first, second] = numbers;
  if (first === undefined || second === undefined || first === second) return {};
  return { inputTokens: Math.max(first, second), contextTokens: Math.min(first, second) };
}
