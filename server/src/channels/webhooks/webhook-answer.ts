import type { HeddleError } from '@heddle/core';

const longestResponse = 500;
/** The most characters of an answer that are read. */
export const mostAnswerBytes = 4 * longestResponse;

/** The beginning of a receiver's answer, for people. */
export interface Answer {
  readonly status: number;
  readonly response: string;
}

/** What is known of the answer of a failed attempt; empty where there was none. */
export function answerOf({ details }: HeddleError): Partial<Answer> {
  const { status, response } = details ?? {};
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof response === 'string' ? { response } : {}),
  };
}

/** How long the receiver asks to wait, in milliseconds. */
export function askedOf({ details }: HeddleError): number | undefined {
  const asked = details?.['askedMs'];
  return typeof asked === 'number' ? asked : undefined;
}

export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body).slice(0, longestResponse);
