import { installationOwner, splitModelId } from '@heddle/core';
import { join } from 'node:path';
import { checkAnswererOrOwner } from '../human-inputs/stand-in.js';
import { AuditContentService } from '../audit/audit-content.service.js';
import { ContentKeeper } from '../audit/content-keeper.js';
import { createAuth } from '../auth/create-auth.js';
import { createOwnership } from '../auth/ownership.js';
import { createAuthorities } from '../authority/authority.js';
import { GrantService } from '../authority/grant.service.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { projectBlobs } from '../calls/project-files.js';
import { ClockService } from '../clock/clock.service.js';
import { CollectionService } from '../collections/collection.service.js';
import { Originals } from '../collections/originals.js';
import { CompileService } from '../compile/compile-service.js';
import { ConnectionService } from '../connections/connection.service.js';
import { ConversationService } from '../conversations/conversation.service.js';
import { createChannels } from '../channels/create-channels.js';
import { JobService } from '../jobs/job.service.js';
import { RunHub } from '../live/run-hub.js';
import { TopicHub } from '../live/topic-hub.js';
import { ModelService } from '../models/model.service.js';
import { createPublishing } from '../publishing/create-publishing.js';
import { createModelRouting } from '../routing/create-model-routing.js';
import { createRuns } from '../runs/create-runs.js';
import { RunHandles } from '../runs/run-handles.js';
import { createSecrets } from '../secrets/create-secrets.js';
import { SecretAccess } from '../secrets/secret-access.js';
import type { Settings } from '../settings/settings-table.js';
import { createKillSwitches } from '../kill-switches/create-kill-switches.js';
import { refuseKilledCall } from '../kill-switches/kill-switch-guard.js';
import { RetentionSweeper } from '../storage/retention-sweeper.js';
import { TemplateService, templatesFolder } from '../templates/template.service.js';
import { ToolService } from '../tools/tool.service.js';
import { TraceExporter } from '../tracing/trace-exporter.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import { createEngineHost } from './create-engine-host.js';
import type { HeddleParts } from './parts.js';

/** Makes what workflows are drawn with: who owns what, the compiler, models and collections with their jobs. */
export function createDrafting(settings: Settings, parts: HeddleParts) {
  const { clock, log, journal, identity: stores, versions, catalog } = parts;
  const ownership = createOwnership(parts);
  const grants = new ProjectGrants(stores.grants, ownership);
  const authorities = createAuthorities({ grants, ownership, versions, catalog });
  const secretAccess = new SecretAccess(parts.secrets, grants);
  const topics = new TopicHub();
  const hub = new RunHub(journal, clock);
  const compile = new CompileService(parts, grants, secretAccess);
  parts.nodePackages.onChange = () => compile.forget();
  const traces = new TraceExporter({ settings, journal, hub, jobs: parts.jobs, clock, log });
  const jobs = new JobService(parts.jobs, topics, clock, log, settings.crashLimit, (id) => traces.jobEnded(id));
  const models = new ModelService(parts.models, jobs, topics, clock);
  const workflows = new WorkflowService(parts.workflows, compile, journal, topics);
  const originals = new Originals(join(settings.dataFolder, 'originals'));
  const refuseKilled = (model: string): void =>
    refuseKilledCall(parts.killSwitches, { kind: 'embed', subject: model, connection: splitModelId(model).connection });
  const collections = new CollectionService(parts.collections, jobs, compile, originals, refuseKilled);
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
  };
}

type Drafting = ReturnType<typeof createDrafting>;

/** Makes what runs workflows. */
export function createRunning(settings: Settings, parts: HeddleParts, drafting: Drafting) {
  const { clock, log, audit, identity: stores } = parts;
  const { ownership, authorities, secretAccess, compile, hub, workflows } = drafting;
  const routing = createModelRouting({
    ...parts,
    settings,
    workflowId: async (name) => (await workflows.get(name)).id,
  });
  const contents = new ContentKeeper({ content: audit.content, clock, log, days: settings.keepContent });
  const handles = new RunHandles();
  const host = createEngineHost({
    settings,
    parts,
    ownership,
    authorities,
    secretAccess,
    compile,
    hub,
    handles,
    contents,
    routing: routing.port,
  });
  const execution = createRuns({
    ...parts,
    ...drafting,
    settings,
    host,
    handles,
    filesOf: (project) => projectBlobs(ownership, parts.blobs, project),
    checkAnswerer: (ask, caller) => checkAnswererOrOwner(ask, caller, { stores, ownership, clock }),
  });
  return { routing, contents, handles, execution };
}

type Running = ReturnType<typeof createRunning>;

/** Makes what serves callers: accounts, published versions and their channels. */
export function createServing(settings: Settings, parts: HeddleParts, drafting: Drafting, running: Running) {
  const { clock, audit, identity: stores, routing } = parts;
  const { runs } = running.execution;
  const auth = createAuth({
    settings,
    stores,
    audit,
    clock,
    workflows: drafting.workflows,
    budgets: routing.budgets,
  });
  const publishing = createPublishing({ ...parts, ...drafting, runs, maxInputBytes: settings.inputLimit });
  const channels = createChannels({
    ...parts,
    ...drafting,
    settings,
    stores,
    runs,
    published: publishing.runs,
    identity: auth.identity,
    rates: auth.accounts.rates,
    routing: running.routing.service,
    budgets: routing.budgets,
  });
  return { auth, publishing, channels };
}

type Services = Drafting & Running & ReturnType<typeof createServing>;

/** Makes what people set up and look after. */
export function createAdministration(settings: Settings, parts: HeddleParts, services: Services) {
  const { clock, log, audit, identity: stores, storage, conversations, catalog } = parts;
  const { ownership, grants, secretAccess, topics, compile, workflows, models, collections, contents } = services;
  const forgetPlans = (): void => compile.forget();
  return {
    auditContent: new AuditContentService(audit, contents),
    killSwitches: createKillSwitches({ ...parts, driver: services.execution.driver, handles: services.handles }),
    sweeper: new RetentionSweeper({ storage, conversations, clock, log, settings, contents, topics }),
    clocks: new ClockService({ clock, audit, stores }),
    conversations: new ConversationService({ conversations, audit, stores, clock }),
    connections: new ConnectionService(parts.connections, forgetPlans),
    secrets: createSecrets({
      ...parts,
      access: secretAccess,
      grants: stores.grants,
      ownership,
      onChange: forgetPlans,
    }),
    tools: new ToolService(parts.tools, audit, forgetPlans),
    templates: new TemplateService(parts.templatesFolder ?? templatesFolder, {
      workflows,
      collections,
      models,
      catalog,
      assign: (kind, id, project) => ownership.assign(kind, id, project),
      mayUse: (project, kind, id) => grants.has(project, kind, id),
    }),
    grantService: new GrantService({
      grants,
      ownership,
      audit,
      catalog,
      published: services.publishing.workflows,
      workflows: parts.workflows,
      projects: stores.projects,
      onChange: forgetPlans,
      things: grantableThings(settings, parts, services),
    }),
  };
}

/** The ids of everything that can be granted to a project, by its kind. */
function grantableThings(
  settings: Settings,
  parts: HeddleParts,
  { models, collections }: Pick<Services, 'models' | 'collections'>,
): ConstructorParameters<typeof GrantService>[0]['things'] {
  return {
    connection: async () => (await parts.connections.store.list()).map(({ id }) => id),
    tool: () => Promise.resolve(parts.tools.registry.servers().map(({ id }) => id)),
    model: async () => (await models.list()).map(({ card }) => card.id),
    collection: async () => (await collections.list()).map(({ name }) => name),
    secret: () => Promise.resolve(parts.secrets.list(installationOwner).map(({ name }) => name)),
    folder: () => Promise.resolve(settings.filesFolders),
  };
}
