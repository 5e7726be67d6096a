import type { ModelCard } from '@heddle/core';

/**
 * The memory that a model takes while it is loaded, in MB: as its card says, else from the size of its files or its parameters. Undefined
 * where nothing is known. A head takes none of its own: its embedding model does.
 */
export function neededMb(card: ModelCard, bytes: number): number | undefined {
  if (card.memoryMb !== undefined) return card.memoryMb;
  if (bytes > 0) return card.runtime === 'onnx' ? (bytes / 2 ** 20) * 1.5 + 50 : (bytes / 2 ** 20) * 1.2 + 300;
  return card.parametersM === undefined ? undefined : card.parametersM * 0.75 + 300;
}

/** The size of a model's files as its card states it; 0 where it states none. */
export function statedBytes({ files }: ModelCard): number {
  return files.reduce((sum, { size }) => sum + (size ?? 0), 0);
}
