import type { GrantStore } from '@heddle/adapters/tools';
import {
  defaultProject,
  installationOwner,
  secretHostOfUrl,
  versionsInUse,
  type Journal,
  type NodeCatalog,
  type NodeReference,
  type PlanBundle,
  type SecretCard,
  type SecretUse,
  type ToolServer,
  type VersionStore,
  type WorkflowStore,
} from '@heddle/core';
import { scopeOfRun } from '../authority/authority.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { referencesOf } from '../common/references.js';
import type { CardView, SecretCards } from './secret-cards.js';

/** Where to find the hosts to which secrets were sent before secrets had a list of hosts. */
export interface HostSources {
  readonly secrets: SecretCards;
  readonly workflows: Pick<WorkflowStore, 'list'>;
  readonly versions: Pick<VersionStore, 'allLive' | 'get'>;
  readonly journal: Pick<Journal, 'unfinished' | 'list' | 'bundle' | 'acceptance'>;
  readonly tools: {
    readonly registry: { readonly view: () => Promise<{ readonly servers: readonly ToolServer[] }> };
    readonly grants: Pick<GrantStore, 'get'>;
  };
  readonly catalog: NodeCatalog;
  readonly ownership: Pick<Ownership, 'projectsOf'>;
}

/** What was found out about one secret. */
class Learned {
  readonly hosts = new Set<string>();
  readonly uses = new Set<SecretUse>();
  /** True if the secret is sent to an address that is known only during a run. */
  needsHost = false;

  request(address: string | undefined): void {
    this.uses.add('request');
    if (address === undefined) this.needsHost = true;
    else this.hosts.add(secretHostOfUrl(new URL(address)));
  }
}

/**
 * Gives older secrets their hosts, once for a data folder: the hosts to which drafts, published versions, unfinished runs and tool servers
 * of the default project send them. Other projects do not have these secrets, so their workflows do not count. Returns the cards that it
 * wrote.
 */
export async function learnSecretHosts(parts: HostSources): Promise<readonly SecretCard[]> {
  const { store } = parts.secrets;
  if (await store.areHostsLearned()) return [];
  const found = new Map<string, Learned>();
  const of = (name: string): Learned => {
    const known = found.get(name) ?? new Learned();
    found.set(name, known);
    return known;
  };
  for await (const { kind, id, address } of referencesOfFirstProject(parts))
    if (kind === 'secret' && id !== '') of(id).request(address);
  const { servers } = await parts.tools.registry.view();
  for (const server of servers) await learnServer(server, parts.tools.grants, of);
  const known = await parts.secrets.view();
  const cards = [...found].flatMap(([name, learned]) => cardOf(name, learned, known));
  await store.learnHosts(cards);
  return cards;
}

/** A secret without a card comes from the environment or the secrets folder; any other name does not exist. */
function cardOf(name: string, { hosts, uses, needsHost }: Learned, secrets: CardView): SecretCard[] {
  const card = secrets.card(defaultProject, name) ?? secrets.card(installationOwner, name);
  if (card === undefined) return [];
  const { updatedAt: _updatedAt, ...rest } = card;
  return [{ ...rest, hosts: [...hosts].sort(), uses: [...uses].sort(), needsHost }];
}

async function* referencesOfFirstProject(parts: HostSources): AsyncGenerator<NodeReference> {
  const { workflows, versions, journal, catalog, ownership } = parts;
  const isHere = (id: string): boolean => ownership.projectsOf('workflow', id).includes(defaultProject);
  const ofBundle = ({ document, workflows: inner }: PlanBundle): readonly NodeReference[] =>
    [document, ...Object.values(inner)].flatMap((one) => referencesOf(one, catalog));
  for (const { id, document } of await workflows.list()) if (isHere(id)) yield* referencesOf(document, catalog);
  for (const [id, pointer] of await versions.allLive())
    if (isHere(id)) for (const live of versionsInUse(pointer)) yield* ofBundle((await versions.get(id, live)).bundle);
  for (const { runId } of [...(await journal.unfinished()), ...(await journal.list({ status: ['paused'] }))])
    if (scopeOfRun(await journal.acceptance(runId), ownership).project === defaultProject)
      yield* ofBundle(await journal.bundle(runId));
}

async function learnServer(
  { id, transport }: ToolServer,
  grants: Pick<GrantStore, 'get'>,
  of: (name: string) => Learned,
): Promise<void> {
  if (transport.kind === 'stdio') {
    for (const { secret } of transport.environment) if (secret !== undefined) of(secret).uses.add('tool-environment');
    return;
  }
  for (const { secret } of transport.headers) if (secret !== undefined) of(secret).request(transport.url);
  const client = transport.oauth?.clientSecret;
  if (client !== undefined) of(client).request(tokenAddress((await grants.get(id))?.grant.discovery));
}

/** The token endpoint of a tool server; undefined if nobody has signed in yet. */
function tokenAddress(discovery: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const metadata = discovery?.['authorizationServerMetadata'];
  const endpoint: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'token_endpoint') : undefined;
  return typeof endpoint === 'string' && URL.canParse(endpoint) ? endpoint : undefined;
}
