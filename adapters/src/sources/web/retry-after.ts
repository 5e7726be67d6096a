import { HeddleError, type SafeResponse } from '@heddle/core';

/** How long a reply asks to wait, given in seconds or as a date; undefined if it does not. */
export function retryAfterMs(headers: SafeResponse['headers'], now: number): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The error for a server that asks to wait. */
export function askedToWait(url: string, headers: SafeResponse['headers'], now: number): HeddleError {
  const wait = retryAfterMs(headers, now);
  return new HeddleError('source_rate_limited', `'${url.slice(0, 300)}' asks Heddle to wait before the next request.`, {
    details: wait === undefined ? {} : { retryAfterMs: wait },
  });
}
