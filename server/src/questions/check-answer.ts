import { HeddleError, type EvaluatorContext } from '@heddle/core';
import { askJudge, framed } from '../evaluators/kinds/ask-judge.js';
import { answerCheck } from './question-prompt.js';

interface AnswerCheck {
  readonly model: string;
  readonly seed: number;
  readonly question: string;
  readonly passages: readonly string[];
}

/** Errors that mean that the model replied with something other than an answer. */
const nonsense: ReadonlySet<string> = new Set(['judge_unreadable', 'schema_mismatch']);

/** Asks a model whether passages answer a question. Undefined if its reply cannot be read. Errors: those of the model. */
export async function checkAnswer(
  { model, seed, question, passages }: AnswerCheck,
  context: EvaluatorContext,
): Promise<boolean | undefined> {
  const texts = passages.map((text) => framed('passage', text)).join('\n');
  const prompt = `${texts}\n\n${framed('question', question)}\n\nIs the answer in the passage?`;
  try {
    return (await askJudge(model, { ...answerCheck, prompt, maxTokens: 40, seed }, context)).answered;
  } catch (error) {
    if (error instanceof HeddleError && nonsense.has(error.code)) return undefined;
    throw error;
  }
}
