import type { ConnectionReply, ModelState } from '@heddle/core';

/** The models for a chat with documents, or those that must be downloaded first. */
export type ChatModels =
  | { readonly kind: 'ready'; readonly embedding: string; readonly model: string }
  | { readonly kind: 'download'; readonly models: readonly ModelState[] }
  /** The catalogue has no model of a required kind. */
  | { readonly kind: 'none'; readonly what: string };

export const isReady = ({ status }: ModelState): boolean => status === 'ready' || status === 'loaded';

/**
 * Chooses an embedding model and a language model. It chooses only models of this machine and its network, because the user has not agreed
 * to send the documents elsewhere. A language model that the user added is preferred to the starter model.
 */
export function chatModels(models: readonly ModelState[], connections: readonly ConnectionReply[]): ChatModels {
  const embedder = readyOrStarter(models, 'embed', true);
  if (embedder === undefined) return { kind: 'none', what: 'embedding model' };
  const near = connections
    .filter(({ isEnabled, isLocal }) => isEnabled && isLocal)
    .flatMap(({ id, models: offered }) =>
      offered.filter(({ kind }) => kind === 'generate').map(({ name }) => `${id}/${name}`),
    )[0];
  const writer = readyOrStarter(models, 'generate', false);
  const model = writer !== undefined && isReady(writer) ? writer.card.id : near;
  if (model === undefined && writer === undefined) return { kind: 'none', what: 'language model' };
  const missing = [embedder, ...(model === undefined && writer !== undefined ? [writer] : [])].filter(
    (state) => !isReady(state),
  );
  if (missing.length > 0 || model === undefined) return { kind: 'download', models: missing };
  return { kind: 'ready', embedding: embedder.card.id, model };
}

/** A model that is ready, or else the starter model. */
function readyOrStarter(
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
