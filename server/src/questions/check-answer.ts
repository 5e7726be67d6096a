import { HeddleError, type EvaluatorContext } from '@heddle/core';
import { askJudge, framed } from '../evaluators/kinds/ask-judge.js';
import { answerCheck } from './question-prompt.js';

/** What a model is asked. */
interface AnswerCheck {
  readonly model: string;
  readonly seed: number;
  readonly question: string;
  readonly passages: readonly string[];
}

/** The model replied with something else than an answer. */
const nonsense: ReadonlySet<string> = new Set(['judge_unreadable', 'schema_mismatch']);

/** Whether a model says that passages answer a question. Undefined where it gives no reply that can be read. Errors: those of the model. */
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
