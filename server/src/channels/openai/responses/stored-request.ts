import { LabelLevel, ResponseRequest, type ResponseInputItem, type RunAcceptance } from '@heddle/core';
import { z } from 'zod';
import type { ChatAnswer } from '../openai.service.js';

/** The part of a request that is stored with its run, to show the response again. */
const StoredRequest = z.object({
  response: ResponseRequest,
  /** The output with the answer. */
  output: z.string(),
  /** The highest label that may be sent. */
  clearance: LabelLevel,
});
export type StoredRequest = z.infer<typeof StoredRequest>;

/** The stored request of a run; undefined if it was not stored, was deleted, or belongs to another channel. */
export const storedRequestOf = ({ asked }: Pick<RunAcceptance, 'asked'>): StoredRequest | undefined =>
  StoredRequest.safeParse(asked).data;

/** The part of a request to store. References are replaced by the items that they name. */
export function requestToStore(
  { stream: _stream, ...body }: ResponseRequest,
  items: readonly ResponseInputItem[],
  { output, replyClearance: clearance }: ChatAnswer,
): StoredRequest {
  return { response: { ...body, input: [...items] }, output, clearance };
}
