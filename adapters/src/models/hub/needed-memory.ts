import type { ModelCard } from '@heddle/core';

/**
 * The memory that a loaded model takes, in MB: from its card, or else from the size of its files or its parameters. Undefined if none of
 * these is known. A head takes no memory of its own; its embedding model does.
 */
export function neededMb(card: ModelCard, bytes: number): number | undefined {
  if (card.memoryMb !== undefined) return card.memoryMb;
  if (bytes > 0) return card.runtime === 'onnx' ? (bytes / 2 ** 20) * 1.5 + 50 : (bytes / 2 ** 20) * 1.2 + 300;
  return card.parametersM === undefined ? undefined : card.parametersM * 0.75 + 300;
}

/** The total size of a model's files according to its card; 0 if the card states none. */
export function statedBytes({ files }: ModelCard): number {
  return files.reduce((sum, { size }) => sum + (size ?? 0), 0);
}
