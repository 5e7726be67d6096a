import { HeddleError, isAtMost, type CollectionInfo, type HeaderOptions, type Headers } from '@heddle/core';

/**
 * Refuses header options under which no document of the collection could get a header. Errors: `label_refused`, `resource_unavailable`,
 * `model_unknown`, `model_wrong_kind`, `connection_not_found`.
 */
export async function checkHeaders(
  headers: Headers | undefined,
  { name, label }: Pick<CollectionInfo, 'name' | 'label'>,
  options: HeaderOptions | undefined,
): Promise<void> {
  if (options === undefined) return;
  if (headers === undefined)
    throw new HeddleError('resource_unavailable', `No model can write passage headers for '${name}' here.`);
  const { destination } = await headers.describe(options.model);
  if (isAtMost(label.level, destination.clearance)) return;
  throw new HeddleError(
    'label_refused',
    `The collection '${name}' is ${label.level}, and '${destination.name}', which would write its headers, takes up to ${destination.clearance}: choose a model of this machine, or raise the clearance of the connection.`,
    { details: { destination: destination.name, level: label.level, clearance: destination.clearance } },
  );
}
