import type { SqliteAudit } from '@heddle/adapters/audit';
import { installationOwner, isStoreFault, splitModelId, type HeddleError, type NodeCatalog } from '@heddle/core';
import type { EngineHost } from '@heddle/engine';
import { join } from 'node:path';
import { AuditContentService } from '../audit/audit-content.service.js';
import { ContentKeeper } from '../audit/content-keeper.js';
import { AccountService } from '../auth/account.service.js';
import { createAccountIdentity } from '../auth/account-identity.js';
import { CallerRights } from '../auth/caller-rights.js';
import type { Identity } from '../auth/identity.js';
import { KeyService } from '../auth/key.service.js';
import { ProjectService } from '../auth/project.service.js';
import { createProvider, type ProviderService } from '../auth/provider.service.js';
import { SessionService } from '../auth/session.service.js';
import { UserService } from '../auth/user.service.js';
import { isPublicPlace } from '../http/host-check.js';
import { createOwnership, type Ownership } from '../auth/ownership.js';
import { checkAnswererOrOwner } from '../asks/stand-in.js';
import { createBudgetGuard } from '../budgets/budget-guard.js';
import { reportGuard } from '../calls/report-guard.js';
import { hasProjectFile, noFile, projectBlobs } from '../calls/project-files.js';
import { createAuthorities, placeOfRun, type Authorities } from '../authority/authority.js';
import { GrantService } from '../authority/grant.service.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { scopedResources } from '../calls/scoped-resources.js';
import { ConversationService } from '../conversations/conversation.service.js';
import { ClockService } from '../clock/clock.service.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import { ConnectionService } from '../connections/connection.service.js';
import { CollectionService } from '../collections/collection.service.js';
import { Originals } from '../collections/originals.js';
import { JobService } from '../jobs/job.service.js';
import { RunHub } from '../live/run-hub.js';
import { TopicHub } from '../live/topic-hub.js';
import { ModelService } from '../models/model.service.js';
import { recoverRuns } from '../runs/recover-runs.js';
import { createDoors, type Doors } from '../doors/create-doors.js';
import { createPublishing, type Publishing } from '../publishing/create-publishing.js';
import { RunAcceptor } from '../runs/run-acceptor.js';
import { RunDriver } from '../runs/run-driver.js';
import { RunQueue } from '../runs/run-queue.js';
import { RunRecords } from '../runs/run-records.js';
import { RunService } from '../runs/run.service.js';
import { createStopGuard, createWorkflowsIn, refuseStoppedCall } from '../stops/stop-guard.js';
import { isToolKnown } from '../stops/known-tools.js';
import { StopService } from '../stops/stop.service.js';
import type { Settings } from '../settings/settings-table.js';
import { createRouting } from '../routing/candidate-facts.js';
import { RoutingService } from '../routing/routing.service.js';
import { SecretAccess } from '../secrets/secret-access.js';
import { SecretService } from '../secrets/secret.service.js';
import { secretsOfServer } from '../secrets/tool-secrets.js';
import { RetentionSweeper } from '../storage/retention-sweeper.js';
import { TraceExporter } from '../tracing/trace-exporter.js';
import { createTracePropagation } from '../tracing/trace-propagation.js';
import { TemplateService, templatesFolder } from '../templates/template.service.js';
import { ToolService } from '../tools/tool.service.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import type { NodePackages } from '../nodes/node-packages.js';
import { CompileService } from '../compile/compile-service.js';
import type { Log } from '../common/log.js';
import type { HeddleParts } from './parts.js';
import { bindResources } from './resources.js';

/** So long after a fault of the store, what must be written is tried again. */
const tryAgainMs = 1_000;

/** A Heddle without a face: what server, CLI and tests work through. */
export interface Heddle {
  readonly settings: Settings;
  readonly parts: HeddleParts;
  readonly clock: TrustedClock;
  readonly log: Log;
  readonly catalog: NodeCatalog;
  readonly nodePackages: NodePackages;
  readonly compile: CompileService;
  readonly workflows: WorkflowService;
  readonly runs: RunService;
  /** Who did what: services write their acts with `audit.write(entries, work)`. */
  readonly audit: SqliteAudit;
  readonly auditContent: AuditContentService;
  readonly stops: StopService;
  readonly queue: RunQueue;
  readonly sweeper: RetentionSweeper;
  /** The wall clock against the time that is trusted. */
  readonly clocks: ClockService;
  readonly hub: RunHub;
  readonly topics: TopicHub;
  readonly jobs: JobService;
  readonly collections: CollectionService;
  readonly connections: ConnectionService;
  readonly conversations: ConversationService;
  readonly secrets: SecretService;
  readonly routing: RoutingService;
  readonly tools: ToolService;
  readonly models: ModelService;
  readonly identity: Identity;
  /** Whether those who hear for long still may. */
  readonly rights: CallerRights;
  readonly accounts: AccountService;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly keys: KeyService;
  readonly projects: ProjectService;
  /** Sign-in by a provider; undefined where none is set up. */
  readonly provider: ProviderService | undefined;
  readonly ownership: Ownership;
  /** What each project may use. */
  readonly grants: ProjectGrants;
  readonly authorities: Authorities;
  readonly grantService: GrantService;
  readonly templates: TemplateService;
  readonly publishing: Publishing;
  readonly doors: Doors;
  /** Claims unfinished runs: only `serve` does this (D4). Gives how many were claimed. */
  recover(wasStoppedOrderly: boolean): Promise<number>;
  /** Takes no more runs, gives unfinished ones back (D3) and stops jobs. Reading still works. */
  stop(): Promise<void>;
  /** Closes every part, after `stop`. */
  close(): Promise<void>;
}

/** Puts the parts together. */
export function createHeddle(settings: Settings, parts: HeddleParts): Heddle {
  const { clock, log, journal } = parts;
  const { identity: stores, audit } = parts;
  const accounts = new AccountService({ stores, audit, clock, isForced: isPublicPlace(settings) });
  const ownership = createOwnership(parts);
  const identity = createAccountIdentity({
    stores,
    clock: clock.rights,
    rates: accounts.rates,
    commandToken: accounts.commandToken,
    isSignInNeeded: () => accounts.isSignInNeeded(),
  });
  const grants = new ProjectGrants(stores.grants, ownership);
  const authorities = createAuthorities({
    ...{ grants, ownership, versions: parts.versions, catalog: parts.catalog },
  });
  const secretAccess = new SecretAccess(parts.secrets, grants);
  const topics = new TopicHub();
  const hub = new RunHub(journal, clock);
  const compile = new CompileService(parts, grants, secretAccess);
  parts.nodePackages.onChange = () => compile.forget();
  const jobs = new JobService(parts.jobs, topics, clock, log, settings.crashLimit, (id) => traces.jobEnded(id));
  const models = new ModelService(parts.models, jobs, topics, clock);
  const workflows = new WorkflowService(parts.workflows, compile, journal, topics);
  const collections = new CollectionService(
    parts.collections,
    jobs,
    compile,
    new Originals(join(settings.dataFolder, 'originals')),
    (model) =>
      refuseStoppedCall(parts.stops, { kind: 'embed', subject: model, connection: splitModelId(model).connection }),
  );
  const queue = new RunQueue(settings.maxRuns, settings.maxQueued);
  const records = new RunRecords(journal, hub);
  const routing = createRouting({
    routing: parts.routing,
    connections: parts.connections.hub,
    models: parts.models,
    clock,
    contextTokens: settings.contextTokens,
  });
  const budgets = createBudgetGuard(
    parts.routing.budgets,
    async (model) => (await parts.connections.hub.languageModel(model)).info.price,
  );
  const hold = (runId: string, reason: string): boolean => {
    const handle = driver.handleOf(runId);
    handle?.hold(reason);
    return handle !== undefined;
  };
  const stopGuard = createStopGuard(parts.stops, hold, createWorkflowsIn(parts));
  const contents = new ContentKeeper({ content: audit.content, clock, log, days: settings.keepContent });
  const host: EngineHost = {
    catalog: parts.catalog,
    journal,
    clock,
    resources: scopedResources(bindResources(parts, routing, secretAccess, ownership), authorities, {
      clock,
      guards: [stopGuard, budgets, reportGuard],
      routingOf: (scope, authority) => routing.scoped(scope, authority),
      checkFile: ({ run }, id) => {
        if (!hasProjectFile(ownership, placeOfRun(run, ownership).project, id)) throw noFile(id);
      },
      keep: (content) => contents.keep(content),
      traceparentOf: createTracePropagation(settings).ofScope,
    }),
    limits: parts.limits,
    secret: async (name, { run }) => secretAccess.handle(await authorities.of(run), name),
    emit: (runId, events) => hub.emit(runId, events),
    random: Math.random,
    compile: (bundle) => compile.planOf(bundle),
    maxParallel: settings.maxParallelNodes,
  };
  const checkStorage = (): void => parts.storage.check();
  const driver = new RunDriver({
    engine: parts.engine,
    host,
    journal,
    queue,
    records,
    clock,
    log,
    checkStorage,
  });
  const tellRun = (runId: string): void => topics.changed('runs', runId, () => runs.summary(runId));
  const acceptor = new RunAcceptor({
    journal,
    compile,
    queue,
    driver,
    clock,
    filesOf: (project) => projectBlobs(ownership, parts.blobs, project),
    maxInputBytes: settings.inputLimit,
    onAccepted: tellRun,
    giveUp: (runId, error) => void giveUp(runId, error),
  });
  const sweeper = new RetentionSweeper({
    ...{ storage: parts.storage, conversations: parts.conversations },
    ...{ clock, log, settings, contents, topics },
  });
  const runs: RunService = new RunService({
    ...{ journal, acceptor, queue, driver, records, clock, checkStorage },
    checkAnswerer: (ask, caller) => checkAnswererOrOwner(ask, caller, { stores, ownership, clock }),
  });
  /** Ends a run, as soon as the journal can be written. */
  const giveUp = async (runId: string, why: HeddleError): Promise<void> => {
    try {
      await runs.giveUp(runId, why);
    } catch (error) {
      if (isStoreFault(error)) setTimeout(() => void giveUp(runId, why), tryAgainMs).unref();
    }
  };
  hub.listen((runId, events) => {
    if (topics.isWatched('runs') && events.some((event) => event.type.startsWith('run-'))) tellRun(runId);
  });
  const traces = new TraceExporter({ settings, journal, hub, jobs: parts.jobs, clock, log });
  const publishing = createPublishing({
    ...{ parts, workflows, compile, runs, hub, ownership, grants, models, collections },
    maxInputBytes: settings.inputLimit,
  });
  const routingService = new RoutingService(
    parts.routing,
    routing,
    journal,
    async (id) => (await workflows.get(id)).id,
    parts.connections.store,
  );
  const doors = createDoors({
    ...{ parts, workflows, publishing, accounts, runs, jobs, ownership, topics, settings },
    callers: identity,
    routing: routingService,
  });
  return {
    settings,
    parts,
    publishing,
    doors,
    clock,
    log,
    catalog: parts.catalog,
    nodePackages: parts.nodePackages,
    compile,
    workflows,
    runs,
    audit,
    auditContent: new AuditContentService(audit, contents),
    stops: new StopService({
      ...{ stops: parts.stops, audit, journal, driver, clock },
      targets: {
        ...{ journal, workflows: parts.workflows, connections: parts.connections.store },
        hasServer: (id) => parts.tools.registry.servers().some((server) => server.id === id),
        hasTool: (name) => isToolKnown(name, parts.tools.registry, parts.workflows),
      },
    }),
    queue,
    sweeper,
    clocks: new ClockService({ clock, audit, stores }),
    hub,
    topics,
    jobs,
    conversations: new ConversationService({ conversations: parts.conversations, audit, stores, clock }),
    connections: new ConnectionService(parts.connections, () => compile.forget()),
    secrets: new SecretService({
      ...{ cards: parts.secrets, access: secretAccess, grants: stores.grants, ownership },
      ...{ workflows: parts.workflows, catalog: parts.catalog, servers: () => parts.tools.registry.servers() },
      onChange: (name) => {
        compile.forget();
        for (const server of parts.tools.registry.servers())
          if (secretsOfServer(server).includes(name)) void parts.tools.host.forget(server.id);
      },
    }),
    tools: new ToolService(parts.tools, parts.audit, () => compile.forget()),
    routing: routingService,
    collections,
    templates: new TemplateService(parts.templatesFolder ?? templatesFolder, {
      workflows,
      collections,
      models,
      catalog: parts.catalog,
      assign: (kind, id, project) => ownership.assign(kind, id, project),
      mayUse: (project, kind, id) => grants.has(project, kind, id),
    }),
    models,
    accounts,
    users: new UserService({ stores, audit, accounts }),
    sessions: new SessionService({ stores, audit, clock }),
    keys: new KeyService({ stores, audit, clock, workflows, budgets: parts.routing.budgets }),
    projects: new ProjectService({ stores, audit, clock }),
    provider: createProvider(settings, { stores, audit, clock, accounts }),
    identity,
    rights: new CallerRights({ stores, identity, clock }),
    ownership,
    grants,
    authorities,
    grantService: new GrantService({
      ...{ grants, ownership, audit, catalog: parts.catalog, published: publishing.workflows },
      ...{ workflows: parts.workflows, projects: stores.projects, onChange: () => compile.forget() },
      things: {
        connection: async () => (await parts.connections.store.list()).map(({ id }) => id),
        tool: () => Promise.resolve(parts.tools.registry.servers().map(({ id }) => id)),
        model: async () => (await models.list()).map(({ card }) => card.id),
        collection: async () => (await collections.list()).map(({ name }) => name),
        secret: () => Promise.resolve(parts.secrets.list(installationOwner).map(({ name }) => name)),
        folder: () => Promise.resolve(settings.filesFolders),
      },
    }),
    recover: async (wasStoppedOrderly) => {
      // Before the first run can end.
      traces.start();
      const { crashLimit } = settings;
      // Before the runs, which begin at once and may be many.
      await jobs.resume(({ job, work }) =>
        job.kind === 'pull' ? models.leftJob(job.subject) : collections.leftJob(job.subject, work),
      );
      const claimed = await recoverRuns({ journal, driver, records, clock, log, crashLimit, wasStoppedOrderly });
      sweeper.start();
      doors.start();
      publishing.canaries.start();
      return claimed;
    },
    stop: async () => {
      await sweeper.stop();
      await doors.stop();
      await driver.release(settings.stopMs);
      await publishing.canaries.stop();
      contents.flush();
      await jobs.close();
      await traces.stop();
    },
    close: async () => {
      models.close();
      await parts.close();
    },
  };
}
