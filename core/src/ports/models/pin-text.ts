import type { ModelFileState } from './models.js';

/**
 * Describes the commit and hash that a model file must match.
 *
 * @example pinText(file) // 'pinned by Heddle: commit bc64014, SHA-256 7485fe6f11af'
 */
export function pinText({
  pin,
  commit,
  sha256,
  source,
}: Pick<ModelFileState, 'pin' | 'commit' | 'sha256' | 'source'>): string {
  const facts = [
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 7)}`]),
    ...(sha256 === undefined ? [] : [`SHA-256 ${sha256.slice(0, 12)}`]),
  ].join(', ');
  switch (pin) {
    case 'heddle':
      return `pinned by Heddle: ${facts}`;
    case 'entry':
      return `pinned by its entry: ${facts}`;
    case 'recorded':
      return `recorded at the first ${source === 'by hand' ? 'check' : 'download'}: ${facts}`;
    case 'none':
      return commit === undefined
        ? 'not pinned yet: the first download records commit and hash'
        : `pinned to ${facts}: the first download records its hash`;
  }
}
