import { HeddleError, type Classifier, type LanguageModel, type NodeContext } from '@heddle/core';
import type { WordRule } from './word-rules.js';

/** A category that a sentence falls into. */
export interface Hit {
  readonly category: string;
  /** 0 to 1; rules always give 1. */
  readonly score: number;
  /** What found it: `rules`, or the id of a model. */
  readonly judge: string;
}

/** Returns the categories of a sentence. */
export type Judge = (sentence: string) => Promise<readonly Hit[]>;

/** Creates a judge from word lists, without a model. */
export const rulesJudge =
  (rules: readonly WordRule[]): Judge =>
  (sentence) =>
    Promise.resolve(
      rules.flatMap((rule) =>
        rule.find(sentence) === undefined ? [] : [{ category: rule.category, score: 1, judge: 'rules' }],
      ),
    );

/** Creates a judge from a classifier: one from the catalogue, or the moderation model of a provider. */
export const classifierJudge =
  (classifier: Classifier, signal: AbortSignal): Judge =>
  async (sentence) => {
    const [scores = {}] = await classifier.classify([sentence], { signal });
    return Object.entries(scores).map(([category, score]) => ({ category, score, judge: classifier.id }));
  };

/** Creates a judge from a guard model with its chat template: it answers `safe`, or `unsafe` with the categories on the next line. */
export const guardModelJudge =
  (model: LanguageModel, context: Pick<NodeContext, 'signal' | 'report'>): Judge =>
  async (sentence) => {
    let answer = '';
    const messages = [{ role: 'user' as const, content: sentence }];
    for await (const event of model.generate({ messages, maxTokens: 32, temperature: 0 }, { signal: context.signal })) {
      if (event.type === 'text') answer += event.text;
      if (event.type === 'end') context.report({ ...event.usage, model: event.model });
    }
    return readGuardAnswer(answer, model.info.id);
  };

/**
 * Parses the answer of a guard model: `safe`, or `unsafe` with the categories on the next line (Llama Guard); `Safety: Unsafe` with
 * `Categories: …` (Qwen3Guard); `yes` or `no` to the question whether the text is harmful (ShieldGemma, Granite Guardian).
 * Errors: `moderation_blocked` for any other answer, because text without a result must not pass.
 */
export function readGuardAnswer(answer: string, judge: string): readonly Hit[] {
  const said = answer.trim();
  const word =
    /^(?:safety:\s*)?(safe|unsafe|controversial)\b/i.exec(said)?.[1] ??
    /^(yes|no)\b[.\s]*(?:<confidence>.{0,20})?$/i.exec(said)?.[1];
  switch (word?.toLowerCase()) {
    case 'safe':
    case 'no':
      return [];
    case 'unsafe':
    case 'yes':
      return categoriesOf(said).map((category) => ({ category, score: 1, judge }));
    case 'controversial':
      return categoriesOf(said).map((category) => ({ category, score: 0.5, judge }));
    default:
      throw new HeddleError(
        'moderation_blocked',
        `'${judge}' answered '${answer.slice(0, 60)}' instead of safe or unsafe: choose a guard model.`,
      );
  }
}

/** Categories such as `S10`, or the names after `Categories:`; `unsafe` if there are none. */
function categoriesOf(answer: string): readonly string[] {
  const named = /categories:\s*([^\n]{1,300})/i.exec(answer)?.[1];
  const found =
    named === undefined
      ? (answer.slice(answer.search(/\s/)).match(/\b[A-Z]\d{1,2}\b/g) ?? [])
      : named
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && name.toLowerCase() !== 'none');
  return found.length === 0 ? ['unsafe'] : [...new Set(found)];
}
