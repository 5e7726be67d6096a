import type { ConnectionReply, ModelCard, ModelState, RemoteModelCard } from '@heddle/core';
import { formatBytes } from '../../../ui/format/format-bytes.js';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';

const states: Readonly<Record<ModelState['status'], string>> = {
  absent: 'Needs a download',
  downloading: 'Downloading',
  checking: 'Verifying',
  ready: 'On this machine',
  loaded: 'Loaded',
  invalid: 'Damaged',
};

export function modelStateText(status: ModelState['status']): string {
  return states[status];
}

/** The properties by which a user chooses a model: size, licence, quantisation and context. */
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

/** Whether a model can be used without a download. */
export const isHere = ({ status }: ModelState): boolean => status === 'ready' || status === 'loaded';

/** The models of the field's kind. Models on this machine come first. */
export function offeredModels(models: readonly ModelState[], kind: string | undefined): readonly ModelState[] {
  const fitting = models.filter(({ card }) => kind === undefined || card.kind === kind);
  return [...fitting.filter(isHere), ...fitting.filter((model) => !isHere(model))];
}

/** The models of connections that have the field's kind, under the names that configs use. */
export function connectedModels(
  connections: readonly Pick<ConnectionReply, 'id' | 'title' | 'isLocal' | 'models'>[],
  kind: string | undefined,
): readonly ComboboxItem[] {
  return connections.flatMap(({ id, title, isLocal, models }) =>
    models
      .filter((model) => kind === undefined || model.kind === kind)
      .map((model) => ({
        value: `${id}/${model.name}`,
        title: `${id}/${model.name}`,
        detail: [title === '' ? id : title, remoteDetail(model)].filter((part) => part !== '').join(' · '),
        mark: isLocal ? 'In this network' : 'Remote',
      })),
  );
}

function remoteDetail({ contextTokens, dimensions }: RemoteModelCard): string {
  if (contextTokens !== undefined) return `${contextTokens.toLocaleString()} tokens`;
  return dimensions === undefined ? '' : `${dimensions} dimensions`;
}
