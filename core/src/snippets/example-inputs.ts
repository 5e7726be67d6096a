import type { PortDescription } from '../node/describe-node.js';

/** Whether the port takes one or more files, which are sent as parts of a multipart body. */
export const takesFiles = ({ type }: Pick<PortDescription, 'type'>): boolean => /^(?:File|Image)/.test(type);

/** Returns an example value: the default, the first choice, or a value of the port's type. */
export function exampleOf(port: PortDescription): unknown {
  if (port.default !== undefined) return port.default;
  const choices = port.schema?.['enum'];
  if (Array.isArray(choices) && choices.length > 0) return choices[0] as unknown;
  switch (port.type) {
    case 'Text':
      return port.title ?? port.name;
    case 'Number':
      return 1;
    case 'Boolean':
      return true;
    case 'Messages':
      return [{ role: 'user', content: 'Hello' }];
    default:
      return port.type.endsWith('[]') || /^(?:Passages|Vector)$/.test(port.type) ? [] : {};
  }
}

/** Returns example values for the required inputs that contain no file. */
export function exampleInputs(inputs: readonly PortDescription[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    inputs.filter((port) => !takesFiles(port) && !port.isOptional).map((port) => [port.name, exampleOf(port)]),
  );
}
