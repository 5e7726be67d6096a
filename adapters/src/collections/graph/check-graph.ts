import { HeddleError, isAtMost, type CollectionInfo, type GraphModelInfo, type Graphs } from '@heddle/core';

/**
 * Refuses a model that may not read any document of the collection. Errors: `label_refused`, `model_unknown`, `model_wrong_kind`,
 * `connection_not_found`.
 */
export async function checkGraphModel(
  graphs: Pick<Graphs, 'describe'>,
  { name, label }: Pick<CollectionInfo, 'name' | 'label'>,
  model: string,
): Promise<GraphModelInfo> {
  const info = await graphs.describe(model);
  const { destination } = info;
  if (isAtMost(label.level, destination.clearance)) return info;
  throw new HeddleError(
    'label_refused',
    `The collection '${name}' is ${label.level}, and '${destination.name}', which would read its passages, takes up to ${destination.clearance}: choose a model of this machine, or raise the clearance of the connection.`,
    { details: { destination: destination.name, level: label.level, clearance: destination.clearance } },
  );
}
