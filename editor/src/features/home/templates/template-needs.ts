import type { CollectionInfo, ConnectionReply, ModelState, TemplateSummary } from '@heddle/core';

/** A requirement of a template that is missing or not ready. */
export type TemplateNeed =
  | { readonly kind: 'model'; readonly model: ModelState }
  /** A model that the catalogue does not have. */
  | { readonly kind: 'unknown-model'; readonly id: string }
  | { readonly kind: 'connection'; readonly connection: string; readonly model: string }
  | { readonly kind: 'key'; readonly connection: ConnectionReply; readonly model: string }
  | { readonly kind: 'switched-off'; readonly connection: ConnectionReply; readonly model: string }
  /** It is made, or there, and has no documents. */
  | { readonly kind: 'documents'; readonly collection: string }
  | { readonly kind: 'nodes'; readonly types: readonly string[] };

/** The available models, connections and collections; a list that could not be loaded is left out. */
export interface Stock {
  readonly models?: readonly ModelState[] | undefined;
  readonly connections?: readonly ConnectionReply[] | undefined;
  readonly collections?: readonly CollectionInfo[] | undefined;
}

/** The requirements of a template that are missing. */
export function needsOf(template: TemplateSummary, stock: Stock): readonly TemplateNeed[] {
  const models = template.models.flatMap(({ id }) => needOfModel(id, stock) ?? []);
  const empty = template.collections.flatMap(({ name, samples }): TemplateNeed[] => {
    const known = stock.collections?.find((collection) => collection.name === name);
    const isEmpty = known === undefined ? samples === 0 : known.documents === 0;
    return isEmpty ? [{ kind: 'documents', collection: name }] : [];
  });
  const nodes: readonly TemplateNeed[] =
    template.missingNodes.length === 0 ? [] : [{ kind: 'nodes', types: template.missingNodes }];
  return [...nodes, ...embedderFor(template, stock), ...models, ...empty];
}

const isReady = ({ status }: ModelState): boolean => status === 'ready' || status === 'loaded';

/** The model that the collection of a template needs: nothing is copied before it is available. */
export function embedderFor({ collections, models }: TemplateSummary, stock: Stock): readonly TemplateNeed[] {
  const isMade = collections.some(({ name }) => stock.collections?.every((known) => known.name !== name));
  const embedders = (stock.models ?? []).filter(({ card }) => card.kind === 'embed');
  const starter = embedders.find(({ card }) => card.isStarter) ?? embedders[0];
  if (!isMade || starter === undefined || embedders.some(isReady)) return [];
  return models.some(({ id }) => id === starter.card.id) ? [] : [{ kind: 'model', model: starter }];
}

function needOfModel(id: string, { models, connections }: Stock): TemplateNeed | undefined {
  const [connectionId, name] = [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)];
  if (connectionId !== '' && name !== '' && id.includes('/')) {
    if (connections === undefined) return undefined;
    const connection = connections.find((known) => known.id === connectionId);
    if (connection === undefined) return { kind: 'connection', connection: connectionId, model: id };
    if (!connection.isEnabled) return { kind: 'switched-off', connection, model: id };
    const needsKey = connection.kind !== 'openai-compatible' && connection.key === 'none';
    return needsKey ? { kind: 'key', connection, model: id } : undefined;
  }
  if (models === undefined) return undefined;
  const model = models.find(({ card }) => card.id === id);
  if (model === undefined) return { kind: 'unknown-model', id };
  return isReady(model) ? undefined : { kind: 'model', model };
}
