import { EvaluatorSetup, type EvaluatorPreset } from '@heddle/core';

const preset = (
  id: string,
  title: string,
  about: string,
  ...evaluators: readonly { readonly kind: string; readonly config?: Readonly<Record<string, unknown>> }[]
): EvaluatorPreset => ({ id, title, about, evaluators: evaluators.map((setup) => EvaluatorSetup.parse(setup)) });

/** Evaluators for common purposes. They need no model, so that each works at once; a judge is added by hand. */
export const evaluatorPresets: readonly EvaluatorPreset[] = [
  preset(
    'rag',
    'RAG',
    'Answers from documents: retrieval, support by the passages, citations, words of the right answer.',
    { kind: 'retrieval' },
    { kind: 'groundedness' },
    { kind: 'citations' },
    { kind: 'rouge' },
    { kind: 'latency' },
    { kind: 'cost' },
  ),
  preset(
    'extraction',
    'Extraction',
    'JSON from texts: which fields are right.',
    { kind: 'fields' },
    { kind: 'exact' },
    { kind: 'latency' },
    { kind: 'cost' },
  ),
  preset(
    'classification',
    'Classification',
    'One of several labels.',
    { kind: 'exact', config: { ignoreCase: true } },
    { kind: 'latency' },
    { kind: 'cost' },
  ),
  preset(
    'chat',
    'Chat',
    'Free answers: words of the right answer, refusals, personal data.',
    { kind: 'chrf' },
    { kind: 'refusal' },
    { kind: 'pii' },
    { kind: 'latency' },
    { kind: 'cost' },
  ),
  preset(
    'agents',
    'Agents',
    'What an agent did: its tool calls, time, tokens and cost.',
    { kind: 'tool-calls' },
    { kind: 'latency' },
    { kind: 'tokens' },
    { kind: 'cost' },
  ),
];
