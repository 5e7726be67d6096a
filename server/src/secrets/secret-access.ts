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

/** Who asks for a secret: a run, or the compiler in its place. */
export type SecretReader = Pick<Authority, 'project' | 'workflow' | 'mayUse'>;

/** Looks secrets up with the authority of runs. What a run may not use is answered like what does not exist. */
export class SecretAccess {
  constructor(
    private readonly cards: SecretCards,
    private readonly grants: Pick<ProjectGrants, 'has'>,
  ) {}

  /** The secret that a name stands for: one of the reader's project, else one of the installation that is granted to it. */
  find(reader: SecretReader, name: string, use: SecretUse = 'request'): StoredSecret | undefined {
    // Both are looked up in any case, so that the answer takes as long for what is there as for what is not.
    const own = this.cards.card(reader.project, name);
    const shared = this.cards.card(installationOwner, name);
    const isGranted = this.grants.has(reader.project, 'secret', name);
    const isNamed = reader.mayUse('secret', name);
    const card = own ?? (isGranted ? shared : undefined);
    const isFor = card?.workflows?.includes(reader.workflow) ?? true;
    return isNamed && isFor && card?.uses.includes(use) === true ? card : undefined;
  }

  /** What a node gets. Errors: `secret_not_found`. */
  handle(reader: SecretReader, name: string): SecretHandle {
    return { name: this.get(reader, name).name };
  }

  /** What the safe fetch gets, for one request. Errors: `secret_not_found`. */
  credential(reader: SecretReader, signIn: SecretSignIn): Credential {
    const { header, scheme, user = '' } = signIn;
    const card = this.get(reader, signIn.secret.name);
    const { name, hosts, needsHost } = card;
    return { name, hosts, needsHost, header, scheme, user, value: () => this.cards.read(card) };
  }

  /** The names that workflows of a project may use; those of one workflow are among them. */
  names(project: string): readonly string[] {
    const shared = this.cards.list(installationOwner).filter(({ name }) => this.grants.has(project, 'secret', name));
    const usable = [...this.cards.list(project), ...shared].filter(({ uses }) => uses.includes('request'));
    return [...new Set(usable.map(({ name }) => name))].sort();
  }

  private get(reader: SecretReader, name: string): StoredSecret {
    const card = this.find(reader, name);
    if (card === undefined) throw secretNotFound(name);
    return card;
  }
}
