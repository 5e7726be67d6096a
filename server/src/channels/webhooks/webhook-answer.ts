import type { HeddleError } from '@heddle/core';

const longestResponse = 500;
/** Most of an answer that is read. */
export const mostAnswerBytes = 4 * longestResponse;

/** What a receiver said: the beginning of it, for people to read. */
export interface Answer {
  readonly status: number;
  readonly response: string;
}

/** What a refusal knows of the answer; nothing where nobody answered. */
export function answerOf({ details }: HeddleError): Partial<Answer> {
  const { status, response } = details ?? {};
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof response === 'string' ? { response } : {}),
  };
}

/** For how long the receiver asks to be left alone, in milliseconds. */
export function askedOf({ details }: HeddleError): number | undefined {
  const asked = details?.['askedMs'];
  return typeof asked === 'number' ? asked : undefined;
}

export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body).slice(0, longestResponse);
