import { LabelLevel, ResponseRequest, type ResponseInputItem, type RunAcceptance } from '@heddle/core';
import { z } from 'zod';
import type { ChatAnswer } from '../openai.service.js';

/** What is kept of a request with its run, to show the response again. */
const KeptRequest = z.object({
  response: ResponseRequest,
  /** The output with the answer. */
  output: z.string(),
  /** The highest label that may leave. */
  clearance: LabelLevel,
});
export type KeptRequest = z.infer<typeof KeptRequest>;

/** The kept request of a run; undefined where it was not stored, was deleted, or is of another channel. */
export const keptRequestOf = ({ asked }: Pick<RunAcceptance, 'asked'>): KeptRequest | undefined =>
  KeptRequest.safeParse(asked).data;

/** What is kept of a request. Its items stand for themselves: references are replaced by what they name. */
export function keptOf(
  { stream: _stream, ...body }: ResponseRequest,
  items: readonly ResponseInputItem[],
  { output, replyClearance: clearance }: ChatAnswer,
): KeptRequest {
  return { response: { ...body, input: [...items] }, output, clearance };
}
