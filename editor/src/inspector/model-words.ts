import type { ModelCard, ModelState } from '@heddle/core';
import { formatBytes } from '../format/format-bytes.js';

const states: Readonly<Record<ModelState['status'], string>> = {
  absent: 'Needs a download',
  downloading: 'Downloading',
  ready: 'On this machine',
  loaded: 'Loaded',
  invalid: 'Damaged',
};

/** The state of a model in words. */
export function modelStateWords(status: ModelState['status']): string {
  return states[status];
}

/** What there is to know of a model before choosing it: size, licence, quantisation, context. */
export function modelDetail(card: ModelCard): string {
  const bytes = card.files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const parts = [
    bytes === 0 ? '' : formatBytes(bytes),
    card.licence,
    card.quantisation ?? card.format,
    card.kind === 'generate' ? `${card.contextTokens.toLocaleString()} tokens` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Models of the kind that a field asks for, those on this machine first. */
export function offeredModels(models: readonly ModelState[], kind: string | undefined): readonly ModelState[] {
  const fitting = models.filter(({ card }) => kind === undefined || card.kind === kind);
  const isHere = ({ status }: ModelState): boolean => status === 'ready' || status === 'loaded';
  return [...fitting.filter(isHere), ...fitting.filter((model) => !isHere(model))];
}
