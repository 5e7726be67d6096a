/** A step into an inner workflow: the node that runs it, and its name there. */
interface InnerStep {
  readonly node: string;
  readonly name: string;
}

/** The open inner workflow: one step for each level; empty for the document itself. */
export type InnerPath = readonly InnerStep[];

/** Parses the `inside` of an address, such as `each:part/check:facts`; empty where it does not match. */
export function parseInside(text: string | undefined): InnerPath {
  if (text === undefined || text === '') return [];
  const steps = text.split('/').map((step): InnerStep | undefined => {
    const colon = step.indexOf(':');
    return colon < 1 || colon === step.length - 1
      ? undefined
      : { node: step.slice(0, colon), name: step.slice(colon + 1) };
  });
  return steps.every((step) => step !== undefined) ? steps : [];
}

/** Writes a path for an address; empty for the document itself. */
export function formatInside(path: InnerPath): string {
  return path.map(({ node, name }) => `${node}:${name}`).join('/');
}
