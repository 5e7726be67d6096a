import type { ModelCard, ModelState } from '@heddle/core';

export const statusLabels: Readonly<Record<ModelState['status'], string>> = {
  absent: 'Not on this machine',
  downloading: 'Downloading',
  checking: 'Verifying',
  ready: 'Ready',
  loaded: 'Loaded',
  invalid: 'Damaged',
};

export const kindText: Readonly<Record<ModelCard['kind'], string>> = {
  generate: 'writes',
  embed: 'embeds',
  rerank: 'ranks',
  classify: 'classifies',
  lora: 'adapter',
};

/** The size of a model on disk: the actual size, or the stated one if it is not on this machine. Undefined if neither is known. */
export function sizeOf({ card, bytes, status }: ModelState): number | undefined {
  if (status === 'ready' || status === 'loaded' || status === 'checking') return bytes;
  const sizes = card.files.map(({ size }) => size);
  return sizes.some((size) => size === undefined)
    ? undefined
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** A number of parameters as text: `135 M`, `7.2 B`. */
export function parametersText(millions: number): string {
  return millions >= 1000 ? `${Number((millions / 1000).toFixed(1))} B` : `${Math.round(millions)} M`;
}
