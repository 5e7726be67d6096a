import type { HeddleError } from '@heddle/core';

const longestResponse = 500;
/** How many bytes of an answer are read: enough for `longestResponse` characters of up to 4 bytes. */
export const mostAnswerBytes = 4 * longestResponse;

/** The beginning of a receiver's answer, for people to read. */
export interface Answer {
  readonly status: number;
  readonly response: string;
}

/** What is known of the receiver's answer to a failed attempt; empty if there was no answer. */
export function answerOf({ details }: HeddleError): Partial<Answer> {
  const { status, response } = details ?? {};
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof response === 'string' ? { response } : {}),
  };
}

/** How many milliseconds the receiver asks to wait. */
export function requestedWaitOf({ details }: HeddleError): number | undefined {
  const asked = details?.['askedMs'];
  return typeof asked === 'number' ? asked : undefined;
}

export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body).slice(0, longestResponse);
