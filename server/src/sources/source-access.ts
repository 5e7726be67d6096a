import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credential, SigningFetch } from '@heddle/adapters/fetch';
import {
  checkSecretHost,
  HeddleError,
  steadySource,
  type Clock,
  type GrantKind,
  type SourceFiles,
  type SourceRequest,
  type SourceSecret,
  type StoredSource,
} from '@heddle/core';
import type { Lazy } from '../common/lazy.js';
import type { SecretAccess, SecretReader } from '../secrets/secret-access.js';
import { signedFetch } from '../secrets/signed-fetch.js';

/** What gives sources access to the network, files and secrets. */
export interface SourceAccessParts {
  readonly fetch: Lazy<SigningFetch>;
  readonly secretAccess: Pick<SecretAccess, 'credential' | 'handle'>;
  readonly grants: { has(project: string, kind: GrantKind, id: string): boolean };
  readonly clock: Clock;
  /** The folders that an administrator allowed. */
  readonly folders: readonly string[];
  readonly allowedHosts: readonly string[];
  /** The folder that contains the working folders of sources. */
  readonly workFolder: string;
}

/** The maximum size of a document; the parsers also refuse larger ones. */
const mostBytes = 100 * 1024 * 1024;

/** Makes what a connector gets for a source, with the rights of its project. */
export async function requestOf(
  source: StoredSource,
  config: unknown,
  parts: SourceAccessParts,
  signal: AbortSignal,
): Promise<Omit<SourceRequest, 'cursor' | 'known'>> {
  const { clock, secretAccess, allowedHosts } = parts;
  const reader = readerOf(source);
  return {
    config,
    secret: source.secret === undefined ? undefined : await secretOf(reader, source.secret, secretAccess),
    fetch: signedFetch(reader, await parts.fetch.get(), secretAccess),
    files: await filesOf(source.project, parts),
    checkHost: async (host, port) => {
      const { checkHost } = await import('@heddle/adapters/fetch');
      return checkHost(host, port, { allowedHosts });
    },
    workFolder: async () => {
      const folder = workFolderOf(source, parts.workFolder);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
    maxBytes: mostBytes,
    signal,
    now: () => clock.now(),
    wait: (ms) => waitFor(ms, clock, signal),
  };
}

/** Removes what a source has stored on disk. */
export const removeWorkFolder = (source: Pick<StoredSource, 'collection' | 'id'>, folder: string): Promise<void> =>
  rm(workFolderOf(source, folder), { recursive: true, force: true });

const workFolderOf = ({ collection, id }: Pick<StoredSource, 'collection' | 'id'>, folder: string): string =>
  join(folder, collection, id);

/** A source reads secrets like a workflow of its project, but not secrets that are limited to certain workflows. */
const readerOf = ({ project }: Pick<StoredSource, 'project'>): SecretReader => ({
  project,
  workflow: '',
  mayUse: () => true,
});

/** Errors: `secret_not_found`. */
export async function checkSecret(
  source: Pick<StoredSource, 'project' | 'secret'>,
  secrets: Pick<SecretAccess, 'handle'>,
): Promise<void> {
  if (source.secret !== undefined) await secrets.handle(readerOf(source), source.secret);
}

async function secretOf(
  reader: SecretReader,
  name: string,
  secrets: Pick<SecretAccess, 'credential' | 'handle'>,
): Promise<SourceSecret> {
  const handle = await secrets.handle(reader, name);
  return {
    handle,
    valueFor: async (address) => {
      const credential: Credential = await secrets.credential(reader, {
        secret: handle,
        header: 'authorization',
        scheme: 'plain',
      });
      checkSecretHost(credential, address);
      return credential.value();
    },
  };
}

async function filesOf(
  project: string,
  { folders, grants }: Pick<SourceAccessParts, 'folders' | 'grants'>,
): Promise<SourceFiles> {
  const { createSourceFiles } = await import('@heddle/adapters/files');
  return createSourceFiles({ folders: folders.filter((folder) => grants.has(project, 'folder', folder)) });
}

function waitFor(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const time = steadySource(clock);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(new HeddleError('aborted', 'The sync was stopped while it waited.'));
    };
    const cancel = time.at(time.now() + ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
