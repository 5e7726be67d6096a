import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson } from '../output.js';
import { atHeddle, type JsonOption } from './at-heddle.js';

/** `heddle collections reset`: works on the folder itself, because a running server has its file open. */
export async function resetCollections(options: JsonOption, command: Command): Promise<void> {
  const movedTo = await atHeddle(command, {
    server: () =>
      Promise.reject(new HeddleError('conflict', 'Stop the server first: it has the file of the collections open.')),
    folder: ({ parts: { collectionsFile, audit, clock } }) => collectionsFile?.reset(audit, clock.now()),
  });
  if (options.json === true) printJson({ isReset: true, movedTo });
  else
    print(
      `There are no collections now: create them and take the documents in again.${movedTo === undefined ? '' : ` What was there is in ${movedTo}.`}`,
    );
}
