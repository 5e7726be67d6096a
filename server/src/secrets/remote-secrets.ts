import { readSecretFile } from '@heddle/adapters/secrets';
import type { AwsCredentials } from '@heddle/adapters/secret-stores';
import { HeddleError, type Clock } from '@heddle/core';
import { lazy } from '../common/lazy.js';
import type { Settings } from '../settings/settings-table.js';
import type { RemoteSecrets } from './secret-cards.js';

/** Reads secrets from HashiCorp Vault and AWS Secrets Manager; loads each client at its first use. */
export function createRemoteSecrets(settings: Settings, clock: Pick<Clock, 'now'>): RemoteSecrets {
  const vault = lazy(async () => {
    const { vaultAddress: address, vaultNamespace: namespace, vaultMount: mount } = settings;
    if (address === undefined) throw notSetUp('HashiCorp Vault', 'HEDDLE_VAULT_ADDR');
    const { createHashicorpVault } = await import('@heddle/adapters/secret-stores');
    const token = (): Promise<string> => needed('HEDDLE_VAULT_TOKEN', settings.vaultToken, settings.vaultTokenFile);
    return createHashicorpVault({ address, mount, token, clock, namespace });
  });
  const aws = lazy(async () => {
    const { awsRegion: region, awsEndpoint: endpoint } = settings;
    if (region === undefined) throw notSetUp('AWS Secrets Manager', 'AWS_REGION');
    const { createAwsSecrets } = await import('@heddle/adapters/secret-stores');
    const credentials = async (): Promise<AwsCredentials> => ({
      accessKeyId: await needed('AWS_ACCESS_KEY_ID', settings.awsAccessKeyId, settings.awsAccessKeyIdFile),
      secretAccessKey: await needed('AWS_SECRET_ACCESS_KEY', settings.awsSecretKey, settings.awsSecretKeyFile),
      sessionToken: await read('AWS_SESSION_TOKEN', settings.awsSessionToken, settings.awsSessionTokenFile),
    });
    return createAwsSecrets({ region, credentials, clock, endpoint });
  });
  return async (source, name) =>
    source.kind === 'vault' ? (await vault.get())(name, source) : (await aws.get())(name, source);
}

/** Gives a setting, or the content of the file that its `_FILE` setting names. The file is read each time, because it can change. */
async function read(name: string, value: string | undefined, file: string | undefined): Promise<string | undefined> {
  return value ?? (file === undefined ? undefined : readSecretFile(name, file));
}

async function needed(name: string, value: string | undefined, file: string | undefined): Promise<string> {
  const found = await read(name, value, file);
  if (found === undefined) throw notSetUp(name, `${name} or ${name}_FILE`);
  return found;
}

const notSetUp = (what: string, setting: string): HeddleError =>
  new HeddleError('resource_unavailable', `${what} is not set up in this Heddle: an administrator sets ${setting}.`);
