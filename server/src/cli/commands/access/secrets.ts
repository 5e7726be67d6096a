import { HeddleError, SecretChange, type SecretSource } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readSecret } from '../../read-file-or-stdin.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';

/** The owner of the secrets: a project or the installation. */
interface OwnerOption {
  readonly installation?: true;
}

interface SetSecretOptions extends JsonOption, OwnerOption {
  readonly host: readonly string[];
  readonly use: readonly string[];
  readonly workflow: readonly string[];
  readonly anyWorkflow?: true;
  readonly from?: string;
  readonly keep?: true;
}

/** `heddle secrets`: lists names, hosts and uses, never values. */
export async function listSecrets(options: JsonOption & OwnerOption, command: Command): Promise<void> {
  const secrets = await withClient(
    command,
    async ({ api }) => (await api.GET('/api/secrets', { params: { query: ownerOf(options) } })).secrets,
  );
  if (options.json === true) printJson(secrets);
  else
    print(
      ...table([
        ['name', 'hosts', 'uses', 'workflows', 'source', 'set'],
        ...secrets.map(({ name, hosts, uses, workflows, source, needsHost, updatedAt }) => [
          ...[name, [...hosts, ...(needsHost ? ['needs a host'] : [])].join(' '), uses.join(' ')],
          ...[workflows?.join(' ') ?? 'all', source.kind, updatedAt === 0 ? '' : new Date(updatedAt).toISOString()],
        ]),
      ]),
    );
}

/** `heddle secrets set`: reads the value from standard input, unless the value stays or comes from another source. */
export async function setSecret(name: string, options: SetSecretOptions, command: Command): Promise<void> {
  if (options.keep === true && options.from !== undefined)
    throw new HeddleError('usage', '--keep keeps the stored value, and --from reads it elsewhere: give one of them.');
  const isGiven = options.keep !== true && options.from === undefined;
  const change = parseArgument(
    SecretChange,
    {
      ...(isGiven ? { value: await readSecret('the secret') } : {}),
      ...(options.host.length === 0 ? {} : { hosts: options.host }),
      ...(options.use.length === 0 ? {} : { uses: options.use }),
      ...(options.workflow.length === 0 ? {} : { workflows: options.workflow }),
      ...(options.anyWorkflow === true ? { workflows: null } : {}),
      source: options.from === undefined ? undefined : sourceOf(options.from),
    },
    'The secret',
  );
  await withClient(command, ({ api }) =>
    api.PUT('/api/secrets/{name}', { params: { path: { name }, query: ownerOf(options) }, body: change }),
  );
  if (options.json === true) printJson({ name });
  else print(isGiven ? `${name} is stored, encrypted.` : `${name} is changed.`);
}

/** `heddle secrets remove`. */
export async function removeSecret(name: string, options: JsonOption & OwnerOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) =>
    api.DELETE('/api/secrets/{name}', { params: { path: { name }, query: ownerOf(options) } }),
  );
  if (options.json === true) printJson({ name });
  else print(`${name} is removed.`);
}

const ownerOf = ({ installation }: OwnerOption): { readonly owner?: 'installation' } =>
  installation === true ? { owner: 'installation' } : {};

/** Parses `environment`, `file`, `vault:PATH#FIELD` or `aws:ID#FIELD`. Errors: `usage`. */
function sourceOf(text: string): SecretSource {
  if (text === 'environment' || text === 'file') return { kind: text };
  const [, kind, location = '', field] = /^(vault|aws):([^#]+)(?:#(.+))?$/.exec(text) ?? [];
  if (kind === 'vault') return { kind, path: location, field: field ?? 'value' };
  if (kind === 'aws') return { kind, id: location, field };
  throw new HeddleError('usage', '--from takes environment, file, vault:PATH#FIELD or aws:ID#FIELD.');
}
