import type { Command } from 'commander';
import { print, printJson } from '../output.js';
import { withFolder } from './context.js';
import type { JsonOption } from './parse-given.js';

/** `heddle collections reset`: works on the folder itself, because a running server has its file open. */
export async function resetCollections(options: JsonOption, command: Command): Promise<void> {
  const why = 'it has the file of the collections open.';
  const movedTo = await withFolder(command, { why }, ({ parts: { collectionsFile, audit, clock } }) =>
    collectionsFile?.reset(audit, clock.now()),
  );
  if (options.json === true) printJson({ isReset: true, movedTo });
  else
    print(
      `There are no collections now: create them and take the documents in again.${movedTo === undefined ? '' : ` What was there is in ${movedTo}.`}`,
    );
}
