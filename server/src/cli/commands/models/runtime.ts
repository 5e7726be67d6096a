import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { endProgress, print, printJson, showProgress } from '../../output.js';
import { settingsOf, untilInterrupted } from '../context.js';

const kinds = ['cuda', 'vulkan'] as const;

/** `heddle runtime add`: installs a GPU runtime in the data folder. A running server uses it after a restart. */
export async function addRuntime(kind: string, options: { readonly json?: true }, command: Command): Promise<void> {
  const known = kinds.find((candidate) => candidate === kind);
  if (known === undefined)
    throw new HeddleError('usage', `There is no runtime '${kind}': choose ${kinds.join(' or ')}.`);
  const models = await import('@heddle/adapters/models');
  const { dataFolder } = settingsOf(command);
  await untilInterrupted((signal) =>
    models.addRuntime(
      known,
      dataFolder,
      ({ stage, bytes }) => showProgress(`${known}: ${stage} ${Math.round(bytes / 1e6)} MB`),
      { signal },
    ),
  );
  endProgress();
  if (options.json === true) printJson({ kind: known, folder: models.runtimeFolder(dataFolder, known) });
  else print(`The ${known} runtime is installed.`);
}
