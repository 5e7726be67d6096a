import {
  isAtMost,
  needOfReference,
  referencesOfNode,
  type ShownCollectionInfo,
  type ConnectionReply,
  type DataFlow,
  type ModelState,
  type NodeCatalog,
  type NodeReference,
  type TemplateGap,
  type TemplateNeed,
  type WorkflowDocument,
} from '@heddle/core';

/** The resources of this installation that a project may use. */
export interface ProjectStock {
  readonly models: readonly ModelState[];
  readonly connections: readonly ConnectionReply[];
  /** Whether the caller may know the state of connections, beyond their names. */
  readonly showsConnections: boolean;
  /** The presets of connections whose servers require a key. */
  readonly presetsWithKey: ReadonlySet<string>;
  readonly collections: readonly ShownCollectionInfo[];
  readonly toolServers: readonly { readonly id: string; readonly isEnabled: boolean; readonly approved: number }[];
  readonly policies: ReadonlySet<string>;
  readonly workflows: ReadonlySet<string>;
  readonly hasSecret: (name: string) => boolean;
  readonly hasFolders: boolean;
}

/** A template to check, with the sample documents of its collections and its data map. */
interface CheckedTemplate {
  readonly document: WorkflowDocument;
  readonly needs: readonly TemplateNeed[];
  readonly samples: ReadonlyMap<string, number>;
  readonly dataMap: readonly DataFlow[];
}

type Gap = Omit<TemplateGap, 'kind' | 'target' | 'isBlocking'> & { readonly isBlocking?: boolean };

const isHere = ({ status }: Pick<ModelState, 'status'>): boolean => status === 'ready' || status === 'loaded';

/** Lists what a template needs and a project does not have, each with a remedy. */
export function findGaps(template: CheckedTemplate, stock: ProjectStock, catalog: NodeCatalog): TemplateGap[] {
  const found = template.needs.flatMap((need): (TemplateNeed & Gap)[] => {
    const gap = gapOf(need, template, stock, catalog);
    return gap === undefined ? [] : [{ ...need, ...gap }];
  });
  const missing = new Set(found.map(keyOf));
  const gaps = found.map((gap) => ({
    ...gap,
    isBlocking: gap.isBlocking ?? isBlocking(gap, template.document, missing, catalog),
  }));
  return [...embedderGap(template, stock, missing), ...gaps];
}

const keyOf = ({ kind, target }: Pick<TemplateNeed, 'kind' | 'target'>): string => `${kind} ${target}`;

function gapOf(
  { kind, target }: TemplateNeed,
  template: CheckedTemplate,
  stock: ProjectStock,
  catalog: NodeCatalog,
): Gap | undefined {
  switch (kind) {
    case 'model':
      return modelGap(target, stock);
    case 'connection':
      return connectionGap(target, template, stock, catalog);
    case 'collection':
      return collectionGap(target, template, stock, catalog);
    case 'tool':
      return toolGap(target, stock);
    case 'secret':
      if (stock.hasSecret(target)) return undefined;
      return { message: `There is no secret '${target}'.`, remedy: { do: 'add-secret', secret: target } };
    case 'policy':
      if (stock.policies.has(target)) return undefined;
      return { message: `There is no policy '${target}'.`, remedy: { do: 'add-policy', policy: target } };
    case 'workflow':
      if (stock.workflows.has(target)) return undefined;
      return { message: `There is no workflow '${target}'.`, remedy: { do: 'add-workflow', workflow: target } };
    case 'folder':
      if (stock.hasFolders) return undefined;
      return {
        message: 'Workflows may read no folder: an administrator allows folders with HEDDLE_FILES.',
        remedy: { do: 'change-setting', setting: 'HEDDLE_FILES' },
      };
    case 'node':
      if (catalog.get(target) !== undefined) return undefined;
      return {
        message: `The node '${target}' is not installed: an administrator adds its package with HEDDLE_NODES.`,
        remedy: { do: 'change-setting', setting: 'HEDDLE_NODES' },
      };
    case 'network':
    case 'person':
    case 'webhook':
    case 'schedule':
      return undefined;
  }
}

function modelGap(id: string, { models }: ProjectStock): Gap | undefined {
  const model = models.find(({ card }) => card.id === id);
  if (model === undefined)
    return { message: `The model '${id}' is not in the catalogue.`, remedy: { do: 'choose-model', model: id } };
  return isHere(model) ? undefined : downloadOf(model);
}

const downloadOf = ({ card, status }: ModelState): Gap => ({
  message:
    status === 'downloading'
      ? `The model ${card.title} is being downloaded.`
      : `The model ${card.title} is not on this machine.`,
  remedy: {
    do: 'download-model',
    model: card.id,
    bytes: card.files.reduce((sum, { size = 0 }) => sum + size, 0),
  },
});

function connectionGap(
  id: string,
  { document, dataMap }: CheckedTemplate,
  { connections, showsConnections, presetsWithKey }: ProjectStock,
  catalog: NodeCatalog,
): Gap | undefined {
  const connection = connections.find((known) => known.id === id);
  if (connection === undefined)
    return { message: `There is no connection '${id}'.`, remedy: { do: 'add-connection', connection: id } };
  if (!showsConnections) return undefined;
  if (!connection.isEnabled)
    return { message: `The connection '${id}' is disabled.`, remedy: { do: 'enable-connection', connection: id } };
  const needsKey = connection.kind !== 'openai-compatible' || presetsWithKey.has(connection.preset ?? '');
  if (needsKey && connection.key === 'none')
    return { message: `The connection '${id}' has no key.`, remedy: { do: 'add-key', connection: id } };
  // If all nodes that use the connection have a choice of models, they keep data from models without clearance themselves.
  if (refersTo(document, catalog, { kind: 'connection', target: id }).every(({ isChoice }) => isChoice === true))
    return undefined;
  const exceeding = dataMap.find(
    ({ kind, destination, level }) =>
      kind === 'model' &&
      (destination === id || destination.startsWith(`${id}/`)) &&
      !isAtMost(level, connection.clearance),
  );
  if (exceeding === undefined) return undefined;
  const { clearance: from } = connection;
  return {
    message: `The connection '${id}' may get data up to ${from}, and this workflow sends ${exceeding.level} data.`,
    remedy: { do: 'raise-clearance', connection: id, from, to: exceeding.level },
  };
}

/** Reports a collection without documents: a search finds nothing there, although the workflow runs. */
function collectionGap(
  name: string,
  { document, samples }: CheckedTemplate,
  { collections }: ProjectStock,
  catalog: NodeCatalog,
): Gap | undefined {
  const known = collections.find((collection) => collection.name === name);
  const documents = known?.documents ?? samples.get(name) ?? 0;
  if (documents > 0 || isFilled(document, catalog, name)) return undefined;
  return {
    message: `The collection '${name}' has no documents yet.`,
    isBlocking: false,
    remedy: { do: 'add-documents', collection: name },
  };
}

/** Whether a node of the workflow stores documents in a collection. */
const isFilled = (document: WorkflowDocument, catalog: NodeCatalog, name: string): boolean =>
  nodesOf(document).some(
    (node) =>
      catalog.get(node.type)?.stores === true &&
      referencesOfNode(node, catalog).some(({ kind, id }) => kind === 'collection' && id === name),
  );

function toolGap(id: string, { toolServers }: ProjectStock): Gap | undefined {
  const server = toolServers.find((known) => known.id === id);
  if (server === undefined)
    return { message: `There is no tool server '${id}'.`, remedy: { do: 'add-tool-server', server: id } };
  if (server.isEnabled && server.approved > 0) return undefined;
  return {
    message: server.isEnabled ? `No tool of the server '${id}' is approved.` : `The tool server '${id}' is disabled.`,
    remedy: { do: 'approve-tools', server: id },
  };
}

/** Reports that the model for a new collection is missing; without it, the template cannot be copied. */
function embedderGap(
  { needs }: CheckedTemplate,
  { collections, models }: ProjectStock,
  missing: ReadonlySet<string>,
): TemplateGap[] {
  const known = new Set(collections.map(({ name }) => name));
  const makesCollection = needs.some(({ kind, target }) => kind === 'collection' && !known.has(target));
  const embedders = models.filter(({ card }) => card.kind === 'embed');
  const starter = embedders.find(({ card }) => card.isStarter) ?? embedders[0];
  if (!makesCollection || starter === undefined || embedders.some(isHere)) return [];
  const need: TemplateNeed = { kind: 'model', target: starter.card.id };
  return missing.has(keyOf(need)) ? [] : [{ ...need, ...downloadOf(starter), isBlocking: true }];
}

const nodesOf = (document: WorkflowDocument) =>
  [document, ...Object.values(document.workflows ?? {})].flatMap(({ nodes }) => Object.values(nodes));

const refersTo = (document: WorkflowDocument, catalog: NodeCatalog, need: TemplateNeed): readonly NodeReference[] =>
  nodesOf(document).flatMap((node) => referencesOfNode(node, catalog).filter((reference) => isOf(reference, need)));

function isOf(reference: NodeReference, need: TemplateNeed): boolean {
  const other = needOfReference(reference);
  return other !== undefined && keyOf(other) === keyOf(need);
}

/** Whether some node cannot work without a resource: it names only this one, or all that it names are missing. */
function isBlocking(
  need: TemplateNeed,
  document: WorkflowDocument,
  missing: ReadonlySet<string>,
  catalog: NodeCatalog,
): boolean {
  if (refersTo(document, catalog, need).length === 0) return true;
  return nodesOf(document).some((node) => {
    const references = referencesOfNode(node, catalog);
    const own = references.filter((reference) => isOf(reference, need));
    if (own.length === 0) return false;
    if (own.some(({ isChoice }) => isChoice !== true)) return true;
    const choices = references.filter(({ isChoice }) => isChoice === true);
    return choices.every((choice) => {
      const other = needOfReference(choice);
      return other !== undefined && missing.has(keyOf(other));
    });
  });
}
