import type { ErrorCode, EvaluatorContext } from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import { askJudge, framed } from '../evaluators/kinds/ask-judge.js';
import { answerCheck } from './question-prompt.js';

interface AnswerCheck {
  readonly model: string;
  readonly seed: number;
  readonly question: string;
  readonly passages: readonly string[];
}

/** Errors that mean that the model replied with something other than what it was asked for. */
export const nonsense: readonly ErrorCode[] = ['judge_unreadable', 'schema_mismatch'];

/** Asks a model whether passages answer a question. Undefined if its reply cannot be read. Errors: those of the model. */
export async function checkAnswer(
  { model, seed, question, passages }: AnswerCheck,
  context: EvaluatorContext,
): Promise<boolean | undefined> {
  const texts = passages.map((text) => framed('passage', text)).join('\n');
  const prompt = `${texts}\n\n${framed('question', question)}\n\nIs the answer in the passage?`;
  const request = { ...answerCheck, prompt, maxTokens: 40, seed };
  return undefinedIf(nonsense, async () => (await askJudge(model, request, context)).answered);
}
