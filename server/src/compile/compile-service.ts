import type { IdentityStores } from '@heddle/adapters/identity';
import type { ToolRegistry } from '@heddle/adapters/tools';
import { inSlices } from '@heddle/adapters/event-loop';
import {
  bundleSteps,
  compileBundleSteps,
  compilePlanSteps,
  createPace,
  defaultProject,
  describePortsSteps,
  HeddleError,
  parseDocumentSteps,
  splitModelId,
  withPrompts,
  type Clock,
  type CollectionInfo,
  type Collections,
  type Destination,
  type CompileFacts,
  type CompileReply,
  type CompileResult,
  type Connection,
  type ConnectionStore,
  type Leases,
  type GrantKind,
  type Issue,
  type NodeCatalog,
  type Plan,
  type PlanBundle,
  type PromptStore,
  type Steps,
  type StoredWorkflow,
  type WorkflowDocument,
  type WorkflowStore,
  labelOfCollection,
} from '@heddle/core';
import type { ProjectGrants } from '../authority/project-grants.js';
import { destinationsOf, receiversOf } from './destinations.js';
import { createExpiry } from '../common/expiry.js';
import type { Lazy } from '../common/lazy.js';
import type { ChannelStores } from '../channel-stores/open-channels.js';
import { personFacts } from '../human-inputs/named-users.js';
import type { FindSecret, SecretAccess } from '../secrets/secret-access.js';
import { secretFacts } from '../secrets/secret-facts.js';
import { toolFacts } from '../tools/tool-facts.js';
import { namedBy, type Named } from '../common/references.js';
import { findPrompts, namesPrompts } from './find-prompts.js';

/** A compiled workflow, and the bundle from which recovery compiles it again. */
export interface CompiledWorkflow {
  readonly plan: Plan;
  readonly bundle: PlanBundle;
}

interface CompileSources {
  readonly catalog: NodeCatalog;
  readonly workflows: WorkflowStore;
  readonly collections: Lazy<Collections>;
  readonly prompts: Pick<PromptStore, 'resolve'>;
  readonly connections: { readonly store: Pick<ConnectionStore, 'list'> };
  readonly tools: { readonly registry: Pick<ToolRegistry, 'view'> };
  readonly identity: Pick<IdentityStores, 'owned' | 'users'>;
  readonly channels: Pick<ChannelStores, 'store' | 'batches'>;
  readonly leases: Pick<Leases, 'isAlone'>;
  readonly clock: Clock;
}

/** Compiles documents against the nodes, workflows and collections of this Heddle. */
export class CompileService {
  private readonly catalog: NodeCatalog;
  private readonly workflows: WorkflowStore;
  private readonly collections: Lazy<Collections>;
  /** All drafts, by slug and id and by their document. `forget` drops them. */
  private drafts: Promise<Drafts> | undefined;
  /** Connections and secrets, which compilations share. `forget` drops them. */
  private known: Promise<Known> | undefined;
  private compiled = new WeakMap<WorkflowDocument, CompiledWorkflow>();

  private readonly connections: CompileSources['connections'];
  private readonly tools: CompileSources['tools'];
  private readonly owned: IdentityStores['owned'];
  private readonly users: IdentityStores['users'];
  private readonly channels: CompileSources['channels'];
  private readonly prompts: CompileSources['prompts'];
  /** Whether another process may have changed what is cached here. */
  private readonly isOver: () => boolean;

  constructor(
    sources: CompileSources,
    private readonly grants: Pick<ProjectGrants, 'has' | 'projectsOf'>,
    private readonly secrets: Pick<SecretAccess, 'finder'>,
  ) {
    this.channels = sources.channels;
    this.prompts = sources.prompts;
    this.owned = sources.identity.owned;
    this.users = sources.identity.users;
    this.isOver = createExpiry(sources);
    this.catalog = sources.catalog;
    this.connections = sources.connections;
    this.tools = sources.tools;
    this.workflows = sources.workflows;
    this.collections = sources.collections;
  }

  /**
   * Compiles the document of a request: issues, ports and interface (`POST /api/compile`). What the document refers to must be granted to
   * its project, which is that of the stored draft, or else the named one. The webhooks, share links and batches of a stored draft count as
   * destinations. Errors: `document_unreadable`, …
   */
  async report(input: unknown, scope: CompileScope = {}): Promise<CompileReply> {
    this.forgetOld();
    // A stored draft is already parsed.
    const draft = (await this.readDrafts()).documents.get(input);
    const document = draft ?? (await this.read(input));
    const facts = await this.facts(document, { ...scope, source: input });
    const result = await inSlices(compilePlanSteps(this.filled(document, facts), this.catalog, facts));
    return {
      issues: [...result.issues],
      ports: await inSlices(describeAll(result.ports)),
      labels: Object.fromEntries(result.labels),
      edgeLabels: await inSlices(recordOf(result.edgeLabels)),
      dataMap: [...result.dataMap],
      interface: await inSlices(describeSides(result.interface)),
    };
  }

  /** Parses a document. Errors: `document_unreadable`, `document_version`, `forbidden_name`. */
  read(input: unknown): Promise<WorkflowDocument> {
    return inSlices(parseDocumentSteps(input));
  }

  /**
   * The issues of a draft, for a list of drafts. It does not open the vector store: labels of collections count only if the store is open
   * and answers.
   */
  async issues(document: WorkflowDocument): Promise<readonly Issue[]> {
    this.forgetOld();
    const facts = await this.facts(document, { withCollections: this.collections.isOpen }).catch((error: unknown) => {
      if (!isOfVectorStore(error)) throw error;
      return this.facts(document, { withCollections: false });
    });
    return (await inSlices(compilePlanSteps(this.filled(document, facts), this.catalog, facts))).issues;
  }

  /** Compiles a document to a plan that can run. Errors: `workflow_invalid` with all issues in its details. */
  async plan(document: WorkflowDocument, project?: string): Promise<CompiledWorkflow> {
    this.forgetOld();
    const known = this.compiled.get(document);
    if (known !== undefined) return known;
    const facts = await this.facts(document, { project });
    const filled = this.filled(document, facts);
    const compiled = {
      plan: planOrThrow(document, await inSlices(compilePlanSteps(filled, this.catalog, facts))),
      bundle: await inSlices(bundleSteps(filled, this.catalog, (slug) => facts.workflow?.(slug))),
    };
    this.compiled.set(document, compiled);
    return compiled;
  }

  /** A draft with the texts of its prompts filled in, as its runs, its next version and its exports have it. */
  async withTexts(document: WorkflowDocument, project?: string): Promise<WorkflowDocument> {
    this.forgetOld();
    return this.filled(document, await this.facts(document, { project, withCollections: false }));
  }

  private filled(document: WorkflowDocument, { prompt }: CompileFacts): WorkflowDocument {
    return prompt === undefined ? document : withPrompts(document, this.catalog, prompt);
  }

  /** Compiles a stored bundle again. Errors: `workflow_invalid`. */
  async planOf(bundle: PlanBundle): Promise<Plan> {
    return planOrThrow(bundle.document, await inSlices(compileBundleSteps(bundle, this.catalog)));
  }

  /**
   * Drops what is cached. Must be called after each change of a workflow, collection, connection, secret, prompt or tool, because compiled
   * plans depend on them.
   */
  forget(): void {
    this.drafts = undefined;
    this.known = undefined;
    this.compiled = new WeakMap();
  }

  private forgetOld(): void {
    if (this.isOver()) this.forget();
  }

  private async facts(
    document: WorkflowDocument,
    options: {
      readonly withCollections?: boolean;
      readonly source?: unknown;
    } & CompileScope = {},
  ): Promise<CompileFacts> {
    const drafts = await this.readDrafts();
    const draft = drafts.idOf.get(options.source ?? document);
    const project = this.projectOf(draft) ?? options.project ?? defaultProject;
    const isHere = (kind: 'workflow' | 'collection', id: string): boolean =>
      kind === 'workflow' ? this.owned.projectsOf(kind, id).includes(project) : this.grants.has(project, kind, id);
    const stored = (name: string): WorkflowDocument | undefined => {
      const found = drafts.byName.get(name);
      return found !== undefined && isHere('workflow', found.id) ? found.document : undefined;
    };
    const withCollections = options.withCollections !== false;
    const isWalked = withCollections || drafts.namePrompts;
    const reached = isWalked ? await inSlices(namedBy(document, this.catalog, stored)) : alone(document);
    const prompt = await findPrompts(this.prompts, project, reached.documents);
    const filled = memoised((found: WorkflowDocument) => withPrompts(found, this.catalog, prompt));
    const workflow = (name: string): WorkflowDocument | undefined => {
      const found = stored(name);
      return found === undefined ? undefined : filled(found);
    };
    const named = options.workflow === undefined ? undefined : drafts.byName.get(options.workflow)?.id;
    const of = draft ?? (named !== undefined && isHere('workflow', named) ? named : undefined);
    const receivers = of === undefined ? [] : await receiversOf(of, this.channels);
    const mayUse = (kind: GrantKind, id: string): boolean => this.grants.has(project, kind, id);
    const known = await this.readKnown();
    const connections = known.connections.filter(({ id }) => mayUse('connection', id));
    const registry = await this.tools.registry.view();
    const granted = grantedTools(registry, (server) => mayUse('tool', server));
    const { servers } = granted;
    const reader = { project, workflow: of ?? `document:${document.name}`, mayUse: () => true };
    const installed = {
      prompt,
      ...toolFacts(granted),
      ...personFacts(await this.users.list()),
      modelProblem: modelProblem(connections, (id) => mayUse('model', id)),
      ...secretFacts((name) => known.findSecret(reader, name)),
    };
    const searchedNames = withCollections ? [...reached.collections] : [];
    if (searchedNames.length === 0)
      return { workflow, ...installed, receivers, destination: destinationsOf(connections, [], servers) };
    const opened = await this.collections.get();
    const infos = (await reachable(opened, searchedNames)).filter(({ name }) => isHere('collection', name));
    const searched = await searchModelsOf(opened, infos, searchedNames);
    return {
      workflow,
      ...installed,
      receivers,
      destination: destinationsOf(connections, infos, servers),
      searchModels: (collection) => searched.get(collection) ?? [],
      collections: new Map(infos.map((info) => [info.name, labelOfCollection(info)])),
      known: { collection: new Set(infos.map((info) => info.name)) },
    };
  }

  private projectOf(workflowId: string | undefined): string | undefined {
    return workflowId === undefined ? undefined : this.owned.projectsOf('workflow', workflowId)[0];
  }

  /** Reads connections and secrets once. After a failure, the next compilation reads them again. */
  private readKnown(): Promise<Known> {
    const read = async (): Promise<Known> => ({
      connections: await this.connections.store.list(),
      findSecret: await this.secrets.finder(),
    });
    return (this.known ??= read().catch((error: unknown) => {
      this.known = undefined;
      throw error;
    }));
  }

  private readDrafts(): Promise<Drafts> {
    return (this.drafts ??= this.workflows.list().then(draftsOf));
  }
}

/** What compilations share until `forget` is called. */
interface Known {
  readonly connections: readonly Connection[];
  readonly findSecret: FindSecret;
}

/**
 * The collections of the stores that answer. Errors: those of a store that does not answer, if it may hold one of the named collections.
 */
async function reachable(
  stored: Pick<Collections, 'survey'>,
  names: readonly string[],
): Promise<readonly CollectionInfo[]> {
  const { collections, unreachable } = await stored.survey();
  const [away] = unreachable;
  const known = new Set(collections.map(({ name }) => name));
  if (away !== undefined && names.some((name) => !known.has(name))) throw away.error;
  return collections;
}

const isOfVectorStore = (error: unknown): boolean =>
  error instanceof HeddleError && error.code.startsWith('vector_store_');

/**
 * The models that get questions and passages when a collection is searched: embedding models and rerankers, which can be on other machines.
 */
async function searchModelsOf(
  collections: Pick<Collections, 'open'>,
  infos: readonly CollectionInfo[],
  searched: readonly string[],
): Promise<ReadonlyMap<string, readonly Destination[]>> {
  const found = new Map<string, readonly Destination[]>();
  for (const { name } of infos) {
    if (!searched.includes(name)) continue;
    const { embedding, reranking } = await collections.open(name);
    found.set(
      name,
      [embedding, reranking].filter((one) => one !== undefined),
    );
  }
  return found;
}

/** A document without its sub-workflows and collections. */
const alone = (document: WorkflowDocument): Named => ({ documents: new Set([document]), collections: new Set() });

/** The tool servers that a project may use, and their tools. */
function grantedTools(registry: Awaited<ReturnType<ToolRegistry['view']>>, mayUse: (server: string) => boolean) {
  return {
    servers: registry.servers.filter(({ id }) => mayUse(id)),
    tools: (server?: string) => registry.tools(server).filter((tool) => mayUse(tool.server)),
  };
}

/** Returns the same object for the same document, because the compiler identifies a graph by its object. */
function memoised(fill: (document: WorkflowDocument) => WorkflowDocument): typeof fill {
  const known = new Map<WorkflowDocument, WorkflowDocument>();
  return (document) => {
    const found = known.get(document) ?? fill(document);
    known.set(document, found);
    return found;
  };
}

/** The issue with a model that a node names. A model without a grant is reported like a model that does not exist. */
function modelProblem(
  connections: readonly Connection[],
  mayUse: (model: string) => boolean,
): Required<CompileFacts>['modelProblem'] {
  const known = new Set(connections.map(({ id }) => id));
  return (id) => {
    const { connection } = splitModelId(id);
    if (connection === undefined)
      return mayUse(id)
        ? undefined
        : {
            message: `The model '${id}' is not in the catalogue.`,
            fix: 'Choose another model, or ask an owner to grant it to this project.',
          };
    return known.has(connection)
      ? undefined
      : {
          message: `There is no connection '${connection}'.`,
          fix: 'Choose another model, or ask an owner to grant the connection to this project.',
        };
  };
}

/** How many ports are described in one tick. */
const stretch = 200;

function* describeSides({ inputs, outputs }: CompileResult['interface']): Steps<CompileReply['interface']> {
  return { inputs: yield* describePortsSteps(inputs), outputs: yield* describePortsSteps(outputs) };
}

function* describeAll(ports: CompileResult['ports']): Steps<CompileReply['ports']> {
  const described: [string, CompileReply['ports'][string]][] = [];
  const isDue = createPace(stretch);
  for (const [id, sides] of ports) {
    described.push([id, yield* describeSides(sides)]);
    if (isDue(1 + Object.keys(sides.inputs).length + Object.keys(sides.outputs).length)) yield;
  }
  return Object.fromEntries(described);
}

/** Converts a map to a record in steps, because a document can have very many edges. */
function* recordOf<Value>(byId: ReadonlyMap<string, Value>): Steps<Record<string, Value>> {
  const record: Record<string, Value> = {};
  const isDue = createPace(stretch);
  for (const [id, value] of byId) {
    record[id] = value;
    if (isDue(1)) yield;
  }
  return record;
}

interface CompileScope {
  readonly project?: string | undefined;
  /** The id or slug of the stored workflow that the draft belongs to. */
  readonly workflow?: string | undefined;
}

interface Drafts {
  readonly byName: ReadonlyMap<string, StoredWorkflow>;
  readonly idOf: ReadonlyMap<unknown, string>;
  readonly documents: ReadonlyMap<unknown, WorkflowDocument>;
  /** Whether any draft uses prompts of the library. */
  readonly namePrompts: boolean;
}

function draftsOf(all: readonly StoredWorkflow[]): Drafts {
  return {
    byName: new Map(all.flatMap((workflow) => [[workflow.id, workflow] as const, [workflow.slug, workflow] as const])),
    idOf: new Map(all.map(({ id, document }) => [document, id])),
    documents: new Map(all.map(({ document }) => [document, document])),
    namePrompts: all.some(({ document }) => namesPrompts(document)),
  };
}

function planOrThrow(document: WorkflowDocument, { plan, issues }: CompileResult): Plan {
  const errors = issues.filter((issue) => issue.severity === 'error');
  if (plan !== undefined && errors.length === 0) return plan;
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new HeddleError(
    'workflow_invalid',
    `The workflow '${document.name}' has issues: ${first === undefined ? 'unknown' : textOf(first)}${more}.`,
    { details: { issues: errors } },
  );
}

function textOf(issue: Issue): string {
  const location = [issue.node, issue.port ?? issue.field].filter((part) => part !== undefined).join('.');
  const where = location === '' ? (issue.edge ?? '') : location;
  return `${where === '' ? '' : `${where}: `}${issue.message}`.replace(/\.$/, '');
}
