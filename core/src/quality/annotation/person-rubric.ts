import type { EvaluatorSetup } from '../evaluators/evaluator.js';
import { Rubric } from './annotation.js';

const levels = ['Bad', 'Poor', 'Fair', 'Good', 'Very good'];

/**
 * Creates the rubric of a `person` evaluator: one criterion with five levels.
 *
 * @example personRubric({ kind: 'person', name: 'tone', config: { instructions: 'Is it polite?' } }).criteria[0].title // 'tone'
 */
export function personRubric({ kind, name = kind, config }: EvaluatorSetup): Rubric {
  const { instructions } = config;
  return Rubric.parse({
    instructions: typeof instructions === 'string' ? instructions.slice(0, 5_000) : '',
    criteria: [
      { name: 'score', title: name.slice(0, 100), levels: levels.map((title, at) => ({ value: at + 1, title })) },
    ],
  });
}
