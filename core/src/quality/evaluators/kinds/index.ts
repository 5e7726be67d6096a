import type { EvaluatorDefinition } from '../define-evaluator.js';
import { dataKinds } from './data-kinds.js';
import { overlapKinds } from './overlap-kinds.js';
import { refusalKind } from './refusal-kind.js';
import { retrievalKinds } from './retrieval-kinds.js';
import { runKinds } from './run-kinds.js';
import { textKinds } from './text-kinds.js';
import { toolKinds } from './tool-kinds.js';

/** The kinds that need no model: their results depend only on the row and the run. */
export const pureEvaluators: readonly EvaluatorDefinition[] = [
  ...textKinds,
  ...dataKinds,
  ...overlapKinds,
  ...retrievalKinds,
  ...toolKinds,
  refusalKind,
  ...runKinds,
];
