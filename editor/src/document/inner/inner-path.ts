/** A step into a workflow inside the document: the node that runs it, and its name there. */
export interface InnerStep {
  readonly node: string;
  readonly name: string;
}

/** Which inner workflow is open: a step for each workflow on the way in; none for the document itself. */
export type InnerPath = readonly InnerStep[];

/** Reads the `inside` of an address, such as `each:part/check:facts`; nothing where it is not of that form. */
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

/** Writes a path as it stands in an address; empty for the document itself. */
export function formatInside(path: InnerPath): string {
  return path.map(({ node, name }) => `${node}:${name}`).join('/');
}
