import { installationOwner, everyProject, splitModelId } from '@heddle/core';
import { join } from 'node:path';
import { checkAnswererOrOwner } from '../human-inputs/check-answerer-or-owner.js';
import { AuditContentService } from '../audit/audit-content.service.js';
import { ContentKeeper } from '../audit/content-keeper.js';
import { createAuth } from '../auth/create-auth.js';
import type { ReadDocument } from '../auth/oauth/oauth-clients.js';
import { readDocument } from '../auth/oauth/read-document.js';
import { Ownership } from '../auth/rights/ownership.js';
import { principalById } from '../auth/rights/principals.js';
import { createAuthorities, scopeOfRun } from '../authority/authority.js';
import { GrantService } from '../authority/grant.service.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { createBudgetGuard } from '../budgets/budget-guard.js';
import { projectBlobs } from '../calls/project-files.js';
import { ClockService } from '../clock/clock.service.js';
import { CollectionService } from '../collections/collection.service.js';
import { ReaderNames } from '../auth/readers/reader-names.js';
import { PageImages } from '../collections/page-images.js';
import { Originals } from '../collections/originals.js';
import type { Deletions } from '../deletions/deletions.js';
import { CompileService } from '../compile/compile-service.js';
import { ConnectionService } from '../connections/connection.service.js';
import { ConversationService } from '../conversations/conversation.service.js';
import { RetentionService } from '../conversations/retention.service.js';
import { FactService } from '../conversations/fact.service.js';
import { endRun } from '../runs/state/end-run.js';
import { OwnFactService } from '../channels/threads/own-fact.service.js';
import { ThreadService } from '../channels/threads/thread.service.js';
import { ForgetService } from '../forget/forget.service.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import { createBuilding } from '../building/create-building.js';
import { ChatToolsOfRun } from '../building/chat/chat-tools-of-run.js';
import { createChannels } from '../channels/create-channels.js';
import { JobService } from '../jobs/job.service.js';
import { RunHub } from '../live/run-hub.js';
import { TopicHub } from '../live/topic-hub.js';
import { ModelService } from '../models/model.service.js';
import { ProviderBatchService, type ProviderBatchDependencies } from '../provider-batches/provider-batch.service.js';
import { createPublishing } from '../publishing/create-publishing.js';
import { createRouting } from '../routing/candidate-facts.js';
import { RoutingService } from '../routing/routing.service.js';
import { createRuns } from '../runs/create-runs.js';
import { RunHandles } from '../runs/state/run-handles.js';
import { SecretAccess } from '../secrets/secret-access.js';
import { SecretService } from '../secrets/secret.service.js';
import { secretsOfServer } from '../secrets/tool-secrets.js';
import type { Settings } from '../settings/settings-table.js';
import { isToolKnown } from '../kill-switches/known-tools.js';
import { refuseKilledCall } from '../kill-switches/kill-switch-guard.js';
import { KillSwitchService } from '../kill-switches/kill-switch.service.js';
import { SourceScheduler } from '../sources/source-scheduler.js';
import { SourceService } from '../sources/source.service.js';
import { RetentionSweeper } from '../storage/retention-sweeper.js';
import { ToolService } from '../tools/tool.service.js';
import { TraceExporter } from '../tracing/trace-exporter.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import { createEngineHost, createPriceOf } from './create-engine-host.js';
import { createQuality } from './create-quality.js';
import { createTemplates } from './create-templates.js';
import { bindResources } from './resources.js';
import type { HeddleParts } from './parts.js';

/** Creates the services for drafts: ownership, the compiler, models and collections with their jobs. */
export function createDrafting(
  settings: Settings,
  parts: HeddleParts,
  stored: Pick<HeddleParts, 'conversations' | 'facts' | 'journal'>,
  deletions: Deletions,
) {
  const { clock, log, journal, audit, identity: stores, versions, catalog, tables } = parts;
  // These also know deleted conversations, facts and runs, so that their owners can restore them.
  const { conversations, facts } = stored;
  const ownership = new Ownership(stored.journal, parts.workflows, parts.jobs, conversations, facts, stores, tables);
  const grants = new ProjectGrants(stores.grants, ownership, tables);
  const authorities = createAuthorities(grants, ownership, versions, catalog);
  const secretAccess = new SecretAccess(parts.secrets, grants);
  const topics = new TopicHub();
  const hub = new RunHub(journal, clock);
  const compile = new CompileService(parts, grants, secretAccess);
  parts.nodePackages.onChange = () => compile.forget();
  const traces = new TraceExporter(settings, journal, hub, parts.jobs, clock, log);
  const jobs = new JobService(parts.jobs, topics, clock, log, audit, settings.crashLimit, (id) => traces.jobEnded(id));
  const models = new ModelService(parts.models, jobs, topics, clock, audit, parts.routing.calls);
  const workflows = new WorkflowService(parts.workflows, compile, journal, topics, audit, deletions, catalog);
  const originals = new Originals(parts.originals);
  const refuseKilled = (model: string): void =>
    refuseKilledCall(parts.killSwitches, { kind: 'embed', subject: model, connection: splitModelId(model).connection });
  const collections = new CollectionService(
    parts.collections,
    parts.collectionTitles,
    jobs,
    compile,
    originals,
    audit,
    deletions,
    refuseKilled,
    (name) => forgetCollection(parts, name),
    (name) => clearCaches(parts, grants.projectsOf('collection', name)),
  );
  const sources = createSources(settings, parts, { collections, jobs, grants, secretAccess });
  const readerNames = new ReaderNames(stores, clock.rights, settings.oidcIssuer);
  return {
    ownership,
    grants,
    authorities,
    secretAccess,
    topics,
    hub,
    compile,
    traces,
    jobs,
    models,
    workflows,
    collections,
    pageImages: new PageImages(collections, originals, parts.documents),
    readerNames,
    ...sources,
    originals,
    deletions,
    stored,
  };
}

/** Creates the services that sync collections with their sources, on schedule. */
function createSources(
  settings: Settings,
  parts: HeddleParts,
  services: Pick<ConstructorParameters<typeof SourceService>[0], 'collections' | 'jobs' | 'grants' | 'secretAccess'>,
) {
  const { clock, log, audit, identity, fetch, sources: store, sourceConnectors: connectors } = parts;
  const sources = new SourceService({
    ...services,
    store,
    connectors,
    audit,
    clock,
    log,
    fetch,
    folders: settings.filesFolders,
    allowedHosts: settings.fetchAllow,
    workFolder: join(settings.dataFolder, 'sources'),
  });
  const isArchived = (project: string): Promise<boolean> => identity.projects.isArchived(project);
  return { sources, sourceScheduler: new SourceScheduler(sources, store, clock, log, isArchived) };
}

/** Removes what is stored beside a collection. */
async function forgetCollection({ indexGates, sources }: HeddleParts, name: string): Promise<void> {
  await indexGates.forget(name);
  await sources.forget(name);
}

/** Clears caches whose answers may contain what fewer people may read now. */
async function clearCaches(
  { routing, identity }: Pick<HeddleParts, 'routing' | 'identity'>,
  projects: readonly string[],
): Promise<void> {
  const all = projects.includes(everyProject) ? (await identity.projects.list()).map(({ id }) => id) : projects;
  await routing.caches.clear({ projects: all });
}

type Drafting = ReturnType<typeof createDrafting>;

/** Creates the services that run workflows. */
export function createRunning(settings: Settings, parts: HeddleParts, drafting: Drafting) {
  const { clock, log, audit, identity: stores, shareRuns } = parts;
  const { ownership, authorities, secretAccess, compile, hub, workflows } = drafting;
  const { hub: connections, store: connectionStore } = parts.connections;
  const { contextTokens } = settings;
  const facts = createRouting({
    routing: parts.routing,
    feedback: parts.feedback,
    models: parts.models,
    connections,
    clock,
    contextTokens,
  });
  const workflowId = async (name: string): Promise<string> => (await workflows.get(name)).id;
  const routing = new RoutingService(parts.routing, facts, workflowId, connectionStore, audit);
  const contents = new ContentKeeper(audit.content, clock, log, settings.keepContent);
  const handles = new RunHandles();
  const chatTools = new ChatToolsOfRun();
  const resources = bindResources(parts, facts, secretAccess, ownership, drafting.readerNames, chatTools);
  const providerBatches: ProviderBatchService = createProviderBatches(settings, parts, {
    wake: (runId, path) => execution.driver.wake(runId, path),
  });
  const host = createEngineHost({
    batchedCalls: providerBatches,
    settings,
    parts,
    resources,
    ownership,
    authorities,
    secretAccess,
    compile,
    hub,
    handles,
    contents,
    routing: facts,
  });
  const execution = createRuns({
    ...parts,
    ...drafting,
    settings,
    host,
    handles,
    shared: shareRuns && ((needs) => shareRuns({ settings, parts, host, handles, hub }, needs)),
    scopeOf: (run) => scopeOfRun(run, ownership),
    filesOf: (project) => projectBlobs(ownership, parts.blobs, project),
    checkAnswerer: (ask, caller) => checkAnswererOrOwner(ask, caller, { stores, ownership, clock }),
  });
  return { routing, contents, handles, execution, resources, chatTools, providerBatches };
}

type Running = ReturnType<typeof createRunning>;

/** Creates the services that send model calls to batches of their providers. */
function createProviderBatches(
  settings: Settings,
  parts: HeddleParts,
  { wake }: Pick<ProviderBatchDependencies, 'wake'>,
): ProviderBatchService {
  const { journal, clock, log, audit, killSwitches } = parts;
  return new ProviderBatchService({
    journal,
    clock,
    log,
    audit,
    killSwitches,
    wake,
    store: parts.providerBatches,
    connections: parts.connections.hub,
    models: parts.connections.hub,
    budgets: createBudgetGuard(parts.routing.budgets, createPriceOf(parts)),
    gather: { calls: settings.providerBatchCalls, afterMs: settings.providerBatchSeconds * 1_000 },
  });
}

function createConversations(parts: HeddleParts, drafting: Drafting, { execution }: Running): ConversationService {
  return new ConversationService({
    ...parts,
    stores: parts.identity,
    deletions: drafting.deletions,
    stored: drafting.stored.conversations,
    record: execution.recordThread,
    endRun: (runId) => endRun(execution.runs, runId),
  });
}

/** Creates the services for callers: accounts, published versions and their channels. */
export function createServing(settings: Settings, parts: HeddleParts, drafting: Drafting, running: Running) {
  const { clock, audit, identity: stores, routing } = parts;
  const { runs } = running.execution;
  const read: ReadDocument = (url, limits) => readDocument(settings.fetchAllow, url, limits);
  const { workflows } = drafting;
  const auth = createAuth(settings, stores, audit, clock, workflows, routing.budgets, read, parts.sharedLimits);
  const feedback = new FeedbackService({
    ...parts,
    ownership: drafting.ownership,
    calls: routing.calls,
    rates: auth.accounts.rates,
  });
  const conversations = createConversations(parts, drafting, running);
  const facts = new FactService({
    audit,
    stores,
    clock,
    deletions: drafting.deletions,
    facts: parts.facts,
    stored: drafting.stored.facts,
  });
  const publishing = createPublishing({ ...parts, ...drafting, runs, maxInputBytes: settings.inputLimit });
  const threads = new ThreadService({
    conversations,
    feedback,
    journal: parts.journal,
    ownership: drafting.ownership,
    clock,
    store: parts.conversations,
    published: publishing.runs,
    projects: async () => (await stores.projects.list()).map(({ id }) => id),
  });
  const ownFacts = new OwnFactService({ facts, threads, store: parts.facts, ownership: drafting.ownership });
  const channels = createChannels({
    ...parts,
    ...drafting,
    threads,
    settings,
    stores,
    runs,
    published: publishing.runs,
    identity: auth.identity,
    rates: auth.accounts.rates,
    feedback,
    budgets: routing.budgets,
    waits: running.providerBatches,
  });
  const building = createBuilding({
    ...parts,
    ...drafting,
    runs,
    publishing: publishing.versions,
    chatTools: running.chatTools,
    principalOf: (id) => principalById(stores, id),
  });
  return { auth, feedback, publishing, channels, conversations, facts, threads, ownFacts, building };
}

type Services = Drafting & Running & ReturnType<typeof createServing>;

/** Creates the services for administration. */
export function createAdministration(settings: Settings, parts: HeddleParts, services: Services) {
  const { clock, audit, identity: stores, storage, catalog } = parts;
  const { ownership, grants, secretAccess, compile, contents } = services;
  const forgetPlans = (): void => compile.forget();
  const connections = new ConnectionService(parts.connections, audit, forgetPlans);
  return {
    auditContent: new AuditContentService(audit, contents),
    killSwitches: createKillSwitches(parts, services),
    ...createRetention(settings, parts, services),
    forgetting: new ForgetService({
      audit,
      storage,
      contents,
      deletions: services.deletions,
      conversations: services.conversations,
      facts: services.facts,
      eraseBatches: (subject, who) => services.channels.batches.erase(subject, who),
      endRun: (runId) => endRun(services.execution.runs, runId),
    }),
    clocks: new ClockService(clock, audit, stores),
    ...createQuality(settings, parts, services, forgetPlans),
    connections,
    secrets: new SecretService(
      parts.secrets,
      secretAccess,
      services.grants,
      parts.workflows,
      catalog,
      async () => (await parts.tools.registry.view()).servers,
      ownership,
      audit,
      async (name) => {
        forgetPlans();
        const { servers } = await parts.tools.registry.view();
        for (const server of servers)
          if (secretsOfServer(server).includes(name)) await parts.tools.host.forget(server.id);
      },
    ),
    tools: new ToolService(parts.tools, audit, forgetPlans),
    templates: createTemplates(settings, parts, { ...services, connections }),
    grantService: new GrantService({
      grants,
      ownership,
      audit,
      catalog,
      published: services.publishing.workflows,
      workflows: parts.workflows,
      projects: stores.projects,
      onChange: forgetPlans,
      grantable: grantableIds(settings, parts, services),
      checkStores: () => services.collections.list(),
    }),
  };
}

/** Creates the service that removes data after its retention time. */
function createRetention(
  settings: Settings,
  { storage, clock, log, audit, conversations, facts, retentionRules: rules, identity }: HeddleParts,
  { topics, contents }: Pick<Services, 'topics' | 'contents'>,
) {
  return {
    sweeper: new RetentionSweeper(storage, clock, log, settings, topics, conversations, contents, facts, rules),
    retention: new RetentionService({
      rules,
      audit,
      settings,
      checkProject: async (id) => void (await identity.projects.get(id)),
    }),
  };
}

function createKillSwitches(
  parts: HeddleParts,
  { execution, handles, topics }: Pick<Services, 'execution' | 'handles' | 'topics'>,
): KillSwitchService {
  const { killSwitches, audit, journal, clock, workflows, connections, tools } = parts;
  const service = new KillSwitchService({
    killSwitches,
    audit,
    journal,
    clock,
    handles,
    topics,
    driver: execution.driver,
    targets: {
      journal,
      workflows,
      connections: connections.store,
      hasServer: async (id) => (await tools.registry.view()).servers.some((server) => server.id === id),
      hasTool: (name) => isToolKnown(name, tools.registry, workflows),
    },
  });
  if (!parts.leases.isAlone) service.follow(parts);
  return service;
}

/** The ids of everything that can be granted to a project, by kind. */
function grantableIds(
  settings: Settings,
  parts: HeddleParts,
  { models, collections }: Pick<Services, 'models' | 'collections'>,
): ConstructorParameters<typeof GrantService>[0]['grantable'] {
  return {
    connection: async () => (await parts.connections.store.list()).map(({ id }) => id),
    tool: async () => (await parts.tools.registry.view()).servers.map(({ id }) => id),
    model: async () => (await models.list()).map(({ card }) => card.id),
    collection: async () => (await collections.survey()).collections.map(({ name }) => name),
    secret: async () => (await parts.secrets.list(installationOwner)).map(({ name }) => name),
    folder: () => Promise.resolve(settings.filesFolders),
  };
}
