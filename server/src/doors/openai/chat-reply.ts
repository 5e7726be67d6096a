import { toHeddleError, type RunSummary } from '@heddle/core';

/** What every piece of one completion has. */
export interface Completion {
  readonly runId: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

export type ChatFinish = 'stop' | 'length';

const base = ({ runId, model, created }: Completion) => ({ id: `chatcmpl-${runId}`, created, model });

/** Tokens of all models that the run asked. */
export function usageOf({ inputTokens, outputTokens }: Pick<RunSummary, 'inputTokens' | 'outputTokens'>) {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

export function wholeReply(completion: Completion, content: string, finish: ChatFinish, summary: RunSummary) {
  const message = { role: 'assistant', content, refusal: null };
  return {
    ...base(completion),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: usageOf(summary),
  };
}

/** One piece of a stream: the first says the role, the last has an empty delta and the reason. */
export function chunk(completion: Completion, delta: { role?: 'assistant'; content?: string }, finish?: ChatFinish) {
  return {
    ...base(completion),
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish ?? null }],
  };
}

/** Sent behind the last piece to those who asked for it. */
export function usageChunk(completion: Completion, summary: RunSummary) {
  return { ...base(completion), object: 'chat.completion.chunk', choices: [], usage: usageOf(summary) };
}

/** The error shape that OpenAI's clients read, also in the middle of a stream. */
export function openAiError(thrown: unknown) {
  const { code, message, status, details } = toHeddleError(thrown);
  const input = details?.['input'];
  return { error: { message, type: typeOf(status), param: typeof input === 'string' ? input : null, code } };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
