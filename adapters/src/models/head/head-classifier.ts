import { HeddleError, type Classifier, type Embedder, type ModelCard } from '@heddle/core';
import { headScores } from './head-scores.js';
import type { HeadFile } from './head-file.js';

/** Creates a local classifier from a head and its embedding model. Errors: `model_file_invalid` if they do not fit together. */
export function createHeadClassifier(card: ModelCard, head: HeadFile, embedder: Embedder): Classifier {
  if (head.dimensions !== embedder.dimensions || head.embedding !== embedder.id)
    throw new HeddleError(
      'model_file_invalid',
      `The head '${card.id}' reads vectors of '${head.embedding}' with ${head.dimensions} dimensions, but '${embedder.id}' returns ${embedder.dimensions}: train it again with that model.`,
    );
  return {
    id: card.id,
    labels: head.labels,
    destination: embedder.destination,
    async classify(texts, { signal }) {
      const options = { kind: 'passage', signal } as const;
      const vectors = await embedder.embed(texts, options);
      return vectors.map((vector) => {
        const scores = headScores(head, vector);
        return Object.fromEntries(head.labels.map((label, index) => [label, scores[index] ?? 0]));
      });
    },
  };
}

/** The model card of a trained head, including its measurements. */
export function headCard(id: string, head: HeadFile, file: string, languages: readonly string[]): ModelCard {
  const machine = 'cross-validation at training';
  return {
    id,
    title: id,
    kind: 'classify',
    runtime: 'onnx',
    format: 'head',
    summary: `Trained here on ${head.measured?.texts ?? 0} texts: ${head.labels.join(', ')}.`,
    publisher: 'this Heddle',
    licence: 'your own',
    use: 'As the licence of the training data allows.',
    files: [{ role: 'weights', name: 'head.json', sources: [`file:${file}`] }],
    contextTokens: 256,
    languages: [...languages],
    limits: ['A small head over an embedding model: trust it only as far as its measured quality goes.'],
    baseModel: head.embedding,
    labels: [...head.labels],
    activation: 'sigmoid',
    isStarter: false,
    measured:
      head.measured === undefined
        ? []
        : [
            {
              what: `all labels right (${head.measured.folds} folds)`,
              value: head.measured.exact,
              unit: 'share',
              machine,
            },
            ...head.measured.labels.flatMap(({ label, threshold, atThreshold }) =>
              threshold === undefined || atThreshold === undefined
                ? []
                : [
                    {
                      what: `F1 of ${label} from its best threshold, ${threshold.toFixed(2)}`,
                      value: atThreshold.f1,
                      unit: 'F1',
                      machine,
                    },
                  ],
            ),
            ...head.measured.labels.map(({ label, f1 }) => ({
              what: `F1 of ${label}`,
              value: f1,
              unit: 'F1',
              machine,
            })),
          ],
  };
}
