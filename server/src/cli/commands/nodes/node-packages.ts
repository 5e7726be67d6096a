import { HeddleError, InstallNodePackageRequest } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';

/** `heddle node [list]`: lists the packages of custom nodes. */
export async function listNodePackages(options: JsonOption, command: Command): Promise<void> {
  const { packages, confinement } = await withClient(command, ({ api }) => api.GET('/api/node-packages'));
  if (options.json === true) printJson(packages);
  else
    print(
      ...table([
        ['package', 'version', 'state', 'nodes'],
        ...packages.map(({ name, version, state, types }) => [name, version ?? 'a folder', state, types.join(', ')]),
      ]),
      confinement,
    );
}

/** `heddle node add NAME@VERSION --integrity sha512-…`: installs exactly this version. */
export async function addNodePackage(
  wanted: string,
  { json, integrity }: { readonly integrity: string } & JsonOption,
  command: Command,
): Promise<void> {
  const between = wanted.lastIndexOf('@');
  if (between <= 0) throw new HeddleError('usage', `Name the package with its version, such as ${wanted}@1.0.0.`);
  const given = { name: wanted.slice(0, between), version: wanted.slice(between + 1), integrity };
  const request = parseArgument(InstallNodePackageRequest, given, 'The package');
  const added = await withClient(command, ({ api }) => api.POST('/api/node-packages', { body: request }));
  if (json === true) printJson(added);
  else print(`${wanted} is installed: ${added.types.join(', ')}.`);
}

/** `heddle node remove NAME`. */
export async function removeNodePackage(name: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/node-packages/{name}', { params: { path: { name } } }));
  if (options.json === true) printJson({ name });
  else print(`${name} is removed.`);
}
