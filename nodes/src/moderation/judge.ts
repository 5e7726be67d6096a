import { HeddleError, type Classifier, type LanguageModel, type NodeContext } from '@heddle/core';
import type { WordRule } from './word-rules.js';

/** That a sentence belongs to a category. */
export interface Hit {
  readonly category: string;
  /** 0 to 1; 1 for rules. */
  readonly score: number;
  /** Who says so: `rules`, or the id of a model. */
  readonly judge: string;
}

/** Says which categories a sentence belongs to. */
export type Judge = (sentence: string) => Promise<readonly Hit[]>;

/** A judge of word lists: no model, no waiting. */
export const rulesJudge =
  (rules: readonly WordRule[]): Judge =>
  (sentence) =>
    Promise.resolve(
      rules.flatMap((rule) =>
        rule.find(sentence) === undefined ? [] : [{ category: rule.category, score: 1, judge: 'rules' }],
      ),
    );

/** A judge that asks a classifier: one of the catalogue, or a provider's moderation model. */
export const classifierJudge =
  (classifier: Classifier, signal: AbortSignal): Judge =>
  async (sentence) => {
    const [scores = {}] = await classifier.classify([sentence], { signal });
    return Object.entries(scores).map(([category, score]) => ({ category, score, judge: classifier.id }));
  };

/** A judge that asks a guard model through its chat template: it answers `safe`, or `unsafe` and the categories on the next line. */
export const guardModelJudge =
  (model: LanguageModel, context: NodeContext): Judge =>
  async (sentence) => {
    let answer = '';
    const messages = [{ role: 'user' as const, content: sentence }];
    for await (const event of model.generate({ messages, maxTokens: 32, temperature: 0 }, { signal: context.signal })) {
      if (event.type === 'text') answer += event.text;
      if (event.type === 'end') context.report({ ...event.usage, model: event.model });
    }
    return readGuardAnswer(answer, model.info.id);
  };

/** Errors: `moderation_blocked` where the answer is neither: what was not judged does not pass. */
export function readGuardAnswer(answer: string, judge: string): readonly Hit[] {
  const [first = '', ...rest] = answer.trim().split(/\s*\n\s*|\s+(?=S\d)/);
  if (/^safe\b/i.test(first)) return [];
  if (!/^unsafe\b/i.test(first))
    throw new HeddleError(
      'moderation_blocked',
      `'${judge}' answered '${answer.slice(0, 60)}' in place of safe or unsafe: choose a guard model.`,
    );
  const categories = rest.join(',').match(/[A-Z]\d{1,2}/g) ?? ['unsafe'];
  return categories.map((category) => ({ category, score: 1, judge }));
}
