import {
  checkSecretHost,
  defaultProject,
  HeddleError,
  installationOwner,
  secretNotFound,
  type SecretUse,
  type StoredSecret,
  type ToolServer,
} from '@heddle/core';
import type { SecretPurpose } from '@heddle/adapters/tools';
import type { SecretCards } from './secret-cards.js';

/** Gives tool servers the secrets of the default project and of the installation. */
export interface ToolSecrets {
  /** Errors: `secret_not_found`, `secret_host_refused`, `secret_needs_host`, `secret_unreadable`. */
  readonly read: (name: string, purpose: SecretPurpose) => Promise<string>;
  /** Checks each secret that a server names, without reading a value. Errors: as `read`. */
  check(server: ToolServer): Promise<void>;
}

/** Creates the access of tool servers to secrets. @example const tools = createToolSecrets(cards); */
export function createToolSecrets(cards: Pick<SecretCards, 'card' | 'read'>): ToolSecrets {
  const requireSecret = async (name: string, purpose: SecretPurpose): Promise<StoredSecret> => {
    const card = (await cards.card(defaultProject, name)) ?? (await cards.card(installationOwner, name));
    // A tool server serves all workflows, so it must not use a secret that is limited to some.
    if (card === undefined || card.workflows !== undefined) throw secretNotFound(name);
    checkUse(card, purpose);
    return card;
  };
  return {
    read: async (name, purpose) => cards.read(await requireSecret(name, purpose)),
    check: async ({ transport }) => {
      const purpose = purposeOf(transport);
      for (const name of settingSecrets(transport)) await requireSecret(name, purpose);
      const clientSecret = clientSecretOf(transport);
      // The sign-in address is known only when a person signs in; the host is checked then.
      if (clientSecret !== undefined) await requireSecret(clientSecret, 'sign-in');
    },
  };
}

/** Lists the names of the secrets that a server uses. */
export function secretsOfServer({ transport }: ToolServer): readonly string[] {
  return [...settingSecrets(transport), clientSecretOf(transport) ?? []].flat();
}

const settingSecrets = (transport: ToolServer['transport']): readonly string[] =>
  (transport.kind === 'http' ? transport.headers : transport.environment).flatMap(({ secret }) => secret ?? []);

const clientSecretOf = (transport: ToolServer['transport']): string | undefined =>
  transport.kind === 'http' ? transport.oauth?.clientSecret : undefined;

const purposeOf = (transport: ToolServer['transport']): SecretPurpose =>
  transport.kind === 'http' ? { url: transport.url } : 'environment';

function checkUse(card: StoredSecret, purpose: SecretPurpose): void {
  const use: SecretUse = purpose === 'environment' ? 'tool-environment' : 'request';
  if (!card.uses.includes(use))
    throw new HeddleError(
      'secret_not_found',
      `The secret '${card.name}' is not for ${use === 'request' ? 'requests' : 'the environment of a tool server'}: an owner adds '${use}' to its uses on the Secrets page or with heddle secrets set.`,
      { details: { secret: card.name } },
    );
  if (typeof purpose === 'object') checkSecretHost(card, new URL(purpose.url));
}
