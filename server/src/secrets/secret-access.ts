import type { Credential } from '@heddle/adapters/fetch';
import {
  installationOwner,
  secretNotFound,
  type SecretHandle,
  type SecretSignIn,
  type SecretUse,
  type StoredSecret,
} from '@heddle/core';
import type { Authority } from '../authority/authority.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { SecretCards } from './secret-cards.js';

/** Who reads a secret: a run, or the compiler on behalf of a draft. */
export type SecretReader = Pick<Authority, 'project' | 'workflow' | 'mayUse'>;

/** Like `SecretAccess.find`, but synchronous. */
export type FindSecret = (reader: SecretReader, name: string, use?: SecretUse) => StoredSecret | undefined;

/** Reads secrets with the authority of runs. To a run that may not use a secret, the secret does not exist. */
export class SecretAccess {
  constructor(
    private readonly cards: SecretCards,
    private readonly grants: Pick<ProjectGrants, 'has'>,
  ) {}

  /** Finds the secret with a name: that of the reader's project, or else that of the installation if the project has a grant. */
  async find(reader: SecretReader, name: string, use: SecretUse = 'request'): Promise<StoredSecret | undefined> {
    // Both are always looked up, so that the time of the answer does not show which one exists.
    const own = await this.cards.card(reader.project, name);
    const shared = await this.cards.card(installationOwner, name);
    return this.choose(reader, name, use, own, shared);
  }

  /** Returns a function that finds secrets in a snapshot, for callers that look up many. */
  async finder(): Promise<FindSecret> {
    const cards = await this.cards.view();
    return (reader, name, use = 'request') =>
      this.choose(reader, name, use, cards.card(reader.project, name), cards.card(installationOwner, name));
  }

  private choose(
    reader: SecretReader,
    name: string,
    use: SecretUse,
    ...[own, shared]: readonly (StoredSecret | undefined)[]
  ): StoredSecret | undefined {
    const isGranted = this.grants.has(reader.project, 'secret', name);
    const isNamed = reader.mayUse('secret', name);
    const card = own ?? (isGranted ? shared : undefined);
    const isFor = card?.workflows?.includes(reader.workflow) ?? true;
    return isNamed && isFor && card?.uses.includes(use) === true ? card : undefined;
  }

  /** Gives the handle of a secret to a node. Errors: `secret_not_found`. */
  async handle(reader: SecretReader, name: string): Promise<SecretHandle> {
    return { name: (await this.get(reader, name)).name };
  }

  /** Gives the credential of one request to the safe fetch. Errors: `secret_not_found`. */
  async credential(reader: SecretReader, signIn: SecretSignIn): Promise<Credential> {
    const { header, scheme, user = '' } = signIn;
    const card = await this.get(reader, signIn.secret.name);
    const { name, hosts, needsHost } = card;
    return { name, hosts, needsHost, header, scheme, user, value: () => this.cards.read(card) };
  }

  /** Lists the names that workflows of a project may use, including secrets that are limited to some workflows. */
  async names(project: string): Promise<readonly string[]> {
    const all = await this.cards.list(installationOwner);
    const shared = all.filter(({ name }) => this.grants.has(project, 'secret', name));
    const usable = [...(await this.cards.list(project)), ...shared].filter(({ uses }) => uses.includes('request'));
    return [...new Set(usable.map(({ name }) => name))].sort();
  }

  private async get(reader: SecretReader, name: string): Promise<StoredSecret> {
    const card = await this.find(reader, name);
    if (card === undefined) throw secretNotFound(name);
    return card;
  }
}
