import type { Command } from 'commander';
import { print, printJson, printToStderr, table } from '../../output.js';
import { withClient } from '../context.js';
import type { JsonOption } from '../parse-argument.js';

const graphPath = '/api/collections/{name}/graph';

/** `heddle entities suggestions`: lists pairs that may be the same entity. */
export async function suggestedMerges(name: string, { json }: JsonOption, command: Command): Promise<void> {
  await withClient(command, async ({ api }) => {
    const { suggestions } = await api.GET(`${graphPath}/suggestions`, { params: { path: { name } } });
    if (json === true) printJson(suggestions);
    else if (suggestions.length === 0) printToStderr(`No entities of '${name}' seem to be the same.`);
    else
      print(
        ...table([
          ['id', 'passages', 'may be', 'passages', 'because of'],
          ...suggestions.map(({ one, other, reason }) => [
            ...[other.id, String(other.passages), one.id],
            ...[String(one.passages), reason],
          ]),
        ]),
      );
  });
}

/** `heddle entities merge`. */
export async function mergeEntities(
  name: string,
  entity: string,
  into: string,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  await withClient(command, async ({ api }) => {
    await api.POST(`${graphPath}/merges`, { params: { path: { name } }, body: { entity, into } });
    if (json === true) printJson({ entity, into });
    else print(`'${entity}' is a part of '${into}' now. heddle entities separate ${name} '${entity}' undoes that.`);
  });
}

/** `heddle entities separate`. */
export async function separateEntity(
  name: string,
  entity: string,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  await withClient(command, async ({ api }) => {
    await api.DELETE(`${graphPath}/merges`, { params: { path: { name }, query: { id: entity } } });
    if (json === true) printJson({ entity });
    else print(`'${entity}' is separate now.`);
  });
}

/** `heddle entities apart`. */
export async function keepEntitiesApart(
  name: string,
  one: string,
  other: string,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  await withClient(command, async ({ api }) => {
    await api.POST(`${graphPath}/apart`, { params: { path: { name } }, body: { one, other } });
    if (json === true) printJson({ one, other });
    else print(`'${one}' and '${other}' are no longer suggested.`);
  });
}
