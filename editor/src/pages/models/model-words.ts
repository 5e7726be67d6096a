import type { ModelCard, ModelState } from '@heddle/core';

/** States of a model in words. */
export const statusWords: Readonly<Record<ModelState['status'], string>> = {
  absent: 'Not on this machine',
  downloading: 'Downloading',
  checking: 'Being checked',
  ready: 'Ready',
  loaded: 'Loaded',
  invalid: 'Damaged',
};

/** What kinds of models do. */
export const kindWords: Readonly<Record<ModelCard['kind'], string>> = {
  generate: 'writes',
  embed: 'embeds',
  rerank: 'ranks',
  classify: 'classifies',
  lora: 'adapter',
};

/** Bytes that a model takes on disk: what is here, else what its files are said to have; undefined where nobody knows. */
export function sizeOf({ card, bytes, status }: ModelState): number | undefined {
  if (status === 'ready' || status === 'loaded' || status === 'checking') return bytes;
  const sizes = card.files.map(({ size }) => size);
  return sizes.some((size) => size === undefined)
    ? undefined
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** Parameters for people: `135 M`, `7.2 B`. */
export function parametersWord(millions: number): string {
  return millions >= 1000 ? `${Number((millions / 1000).toFixed(1))} B` : `${Math.round(millions)} M`;
}
