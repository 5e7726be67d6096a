import type { Command } from 'commander';
import { print, printJson, table } from '../output.js';
import { withClient, withFolder } from './context.js';
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

/** `heddle collections list`. */
export async function listCollections({ json }: JsonOption, command: Command): Promise<void> {
  const { collections } = await withClient(command, ({ api }) => api.GET('/api/collections'));
  if (json === true) printJson(collections);
  else if (collections.length === 0) print('There are no collections: heddle ingest NAME FOLDER creates one.');
  else
    print(
      ...table([
        ['name', 'title', 'documents', 'passages', 'model', 'label'],
        ...collections.map((info) => [
          ...[info.name, info.title, String(info.documents), String(info.passages)],
          ...[info.embedding, info.label.level],
        ]),
      ]),
    );
}

/** `heddle collections title`. */
export async function titleCollection(
  name: string,
  title: string,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  const info = await withClient(command, ({ api }) =>
    api.PATCH('/api/collections/{name}', { params: { path: { name } }, body: { title } }),
  );
  if (json === true) printJson(info);
  else print(`${name} has the title ${info.title}.`);
}
