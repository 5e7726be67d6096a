import { inSlices } from '@heddle/adapters/event-loop';
import {
  canonicalJson,
  canonicalJsonSteps,
  describeNode,
  HeddleError,
  promptReferenceText,
  promptsOfDocument,
  referencesOfNode,
  type Issue,
  type NodeCatalog,
  type NodeReference,
  type PinnedReference,
  type PlanBundle,
  type PromptLocation,
  type WorkflowDocument,
} from '@heddle/core';
import { contentHash } from '../calls/content-hash.js';
import { referencesOf, referencesSteps } from '../common/references.js';

/** Describes a model, connection, collection, policy or tool; undefined if it does not exist. */
type DescribeReference = (kind: PinnedReference['kind'], id: string) => Promise<unknown>;

/** Gives the `DescribeReference` for the project of a workflow. */
export type DescribeFor = (workflowId: string) => DescribeReference;

const kindOf: Readonly<Record<string, PinnedReference['kind']>> = {
  model: 'model',
  embedder: 'model',
  reranker: 'model',
  classifier: 'model',
  collection: 'collection',
  connection: 'connection',
  policy: 'policy',
  tool: 'tool',
} satisfies Partial<Record<NodeReference['kind'], PinnedReference['kind']>>;

/**
 * Resolves all references of a bundle into hashes: node types, sub-workflows, models, connections, collections, policies and tools.
 * Errors: `resource_unavailable` if one is missing.
 */
export async function pinReferences(
  bundle: PlanBundle,
  catalog: NodeCatalog,
  describe: DescribeReference,
): Promise<PinnedReference[]> {
  const pinned = new Map<string, PinnedReference>();
  const pin = (kind: PinnedReference['kind'], id: string, content: unknown): void =>
    void pinned.set(`${kind} ${id}`, { kind, id, hash: contentHash(canonicalJson(content)) });
  for (const [slug, document] of Object.entries(bundle.workflows)) {
    const hash = contentHash(await inSlices(canonicalJsonSteps(document)));
    pinned.set(`workflow ${slug}`, { kind: 'workflow', id: slug, hash });
  }
  for (const document of [bundle.document, ...Object.values(bundle.workflows)]) {
    for (const location of promptsOfDocument(document)) {
      const prompt = pinnedPrompt(location);
      pinned.set(`prompt ${prompt.id}`, prompt);
    }
    for (const graph of [document, ...Object.values(document.workflows ?? {})])
      for (const node of Object.values(graph.nodes)) {
        const definition = catalog.get(node.type);
        if (definition !== undefined && !pinned.has(`node ${node.type}`))
          pin('node', node.type, describeNode(definition));
      }
    for (const { kind, id } of await inSlices(referencesSteps(document, catalog))) {
      const pinnedKind = kindOf[kind];
      if (pinnedKind === undefined || pinned.has(`${pinnedKind} ${id}`)) continue;
      const content = await describe(pinnedKind, id);
      if (content === undefined) {
        const node = nodeNaming(document, catalog, kind, id);
        throw new HeddleError(
          'resource_unavailable',
          `The ${pinnedKind} '${id}' that '${node}' refers to does not exist here, so it cannot be a part of a version: set it up, or choose another one in that node.`,
          { details: { kind: pinnedKind, id, node } },
        );
      }
      pin(pinnedKind, id, content);
    }
  }
  return [...pinned.values()].sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
}

/** Pins a prompt by its text in the version. The hash in the document is not trusted, because a client can write any hash. */
function pinnedPrompt({ reference, contents }: PromptLocation): PinnedReference {
  const hashes = contents.map((content) => contentHash(canonicalJson(content)));
  const hash = hashes.find((one) => one === reference.hash) ?? hashes[0] ?? '';
  return { kind: 'prompt', id: promptReferenceText({ prompt: reference.prompt, version: reference.version }), hash };
}

/** Lists the names of the secrets that a bundle refers to, sorted. The version may use only these. */
export function secretsOf(bundle: PlanBundle, catalog: NodeCatalog): string[] {
  const names = [bundle.document, ...Object.values(bundle.workflows)].flatMap((document) =>
    referencesOf(document, catalog).flatMap(({ kind, id }) => (kind === 'secret' ? [id] : [])),
  );
  return [...new Set(names)].sort();
}

/** Turns the error of a missing resource into an issue that blocks the draft; rethrows other errors. */
export function missingReference(error: unknown): Issue {
  if (!(error instanceof HeddleError) || error.code !== 'resource_unavailable') throw error;
  const node = error.details?.['node'];
  return {
    code: 'reference-missing',
    severity: 'error',
    message: error.message,
    ...(typeof node === 'string' ? { node } : {}),
  };
}

/** Finds the path of the first node that names a resource, in a document or its inner workflows. */
function nodeNaming(document: WorkflowDocument, catalog: NodeCatalog, kind: NodeReference['kind'], id: string): string {
  const inner = Object.entries(document.workflows ?? {}).map(([name, graph]) => [`#${name}/`, graph] as const);
  for (const [location, { nodes }] of [['', document] as const, ...inner])
    for (const [name, node] of Object.entries(nodes))
      if (referencesOfNode(node, catalog).some((reference) => reference.kind === kind && reference.id === id))
        return `${location}${name}`;
  return document.name;
}
