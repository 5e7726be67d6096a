import type { ConnectionReply, ModelState } from '@heddle/core';

/** The models of a chat with documents, or what must be downloaded first. */
export type ChatModels =
  | { readonly kind: 'ready'; readonly embedding: string; readonly model: string }
  | { readonly kind: 'download'; readonly models: readonly ModelState[] }
  /** The catalogue has no model of a kind that is needed. */
  | { readonly kind: 'none'; readonly what: string };

export const isReady = ({ status }: ModelState): boolean => status === 'ready' || status === 'loaded';

/**
 * Chooses an embedding model and a language model. Only models of this machine and of its network are chosen, because the documents
 * are not released to others. A language model that a person added is preferred to the starter model.
 */
export function chatModels(models: readonly ModelState[], connections: readonly ConnectionReply[]): ChatModels {
  const embedder = readyOrWanted(models, 'embed', true);
  if (embedder === undefined) return { kind: 'none', what: 'embedding model' };
  const near = connections
    .filter(({ isEnabled, isLocal }) => isEnabled && isLocal)
    .flatMap(({ id, models: offered }) =>
      offered.filter(({ kind }) => kind === 'generate').map(({ name }) => `${id}/${name}`),
    )[0];
  const writer = readyOrWanted(models, 'generate', false);
  const model = writer !== undefined && isReady(writer) ? writer.card.id : near;
  if (model === undefined && writer === undefined) return { kind: 'none', what: 'language model' };
  const missing = [embedder, ...(model === undefined && writer !== undefined ? [writer] : [])].filter(
    (state) => !isReady(state),
  );
  if (missing.length > 0 || model === undefined) return { kind: 'download', models: missing };
  return { kind: 'ready', embedding: embedder.card.id, model };
}

/** A model that is here, else the starter model. */
function readyOrWanted(
  models: readonly ModelState[],
  kind: ModelState['card']['kind'],
  isStarterFirst: boolean,
): ModelState | undefined {
  const ofKind = models.filter(({ card }) => card.kind === kind);
  const here = ofKind.filter(isReady);
  return (
    here.find(({ card }) => card.isStarter === isStarterFirst) ??
    here[0] ??
    ofKind.find(({ card }) => card.isStarter) ??
    ofKind[0]
  );
}
