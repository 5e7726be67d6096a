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

/** The reader of a secret: a run, or the compiler for a draft. */
export type SecretReader = Pick<Authority, 'project' | 'workflow' | 'mayUse'>;

/** Reads secrets with the authority of runs. A secret that a run may not use is answered like one that does not exist. */
export class SecretAccess {
  constructor(
    private readonly cards: SecretCards,
    private readonly grants: Pick<ProjectGrants, 'has'>,
  ) {}

  /** The secret of a name: of the reader's project, or else of the installation with a grant. */
  find(reader: SecretReader, name: string, use: SecretUse = 'request'): StoredSecret | undefined {
    // Both are always looked up, so that the time of the answer shows nothing.
    const own = this.cards.card(reader.project, name);
    const shared = this.cards.card(installationOwner, name);
    const isGranted = this.grants.has(reader.project, 'secret', name);
    const isNamed = reader.mayUse('secret', name);
    const card = own ?? (isGranted ? shared : undefined);
    const isFor = card?.workflows?.includes(reader.workflow) ?? true;
    return isNamed && isFor && card?.uses.includes(use) === true ? card : undefined;
  }

  /** The value for a node. Errors: `secret_not_found`. */
  handle(reader: SecretReader, name: string): SecretHandle {
    return { name: this.get(reader, name).name };
  }

  /** The value for the safe fetch, for one request. Errors: `secret_not_found`. */
  credential(reader: SecretReader, signIn: SecretSignIn): Credential {
    const { header, scheme, user = '' } = signIn;
    const card = this.get(reader, signIn.secret.name);
    const { name, hosts, needsHost } = card;
    return { name, hosts, needsHost, header, scheme, user, value: () => this.cards.read(card) };
  }

  /** The names that workflows of a project may use, including those limited to one workflow. */
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
