import {
  isPlainObject,
  secretHostOfUrl,
  type DocumentNode,
  type SecretCardReply,
  type SecretChange,
  type SecretSource,
} from '@heddle/core';

/** A secret as the form holds it. */
export interface SecretDraft {
  readonly name: string;
  readonly value: string;
  /** Hosts, one per line. */
  readonly hosts: string;
  readonly isForRequests: boolean;
  readonly isForTools: boolean;
  /** The ids of the workflows that may use the secret; undefined for all. */
  readonly workflows: readonly string[] | undefined;
  readonly source: SecretSource['kind'];
  /** The path in a vault, or the id at AWS. */
  readonly location: string;
  readonly field: string;
}

export const emptyDraft: SecretDraft = {
  name: '',
  value: '',
  hosts: '',
  isForRequests: true,
  isForTools: false,
  workflows: undefined,
  source: 'stored',
  location: '',
  field: '',
};

/** The form of an existing secret, whose value is unknown here. */
export function draftOf({ name, hosts, uses, workflows, source }: SecretCardReply): SecretDraft {
  return {
    ...emptyDraft,
    name,
    hosts: hosts.join('\n'),
    workflows,
    source: source.kind,
    isForRequests: uses.includes('request'),
    isForTools: uses.includes('tool-environment'),
    location: source.kind === 'vault' ? source.path : source.kind === 'aws' ? source.id : '',
    field: source.kind === 'vault' || source.kind === 'aws' ? (source.field ?? '') : '',
  };
}

/** The request of a form. An empty value keeps the stored one. */
export function changeOf(draft: SecretDraft, owner: 'project' | 'installation'): SecretChange {
  const uses = [
    ...(draft.isForRequests ? (['request'] as const) : []),
    ...(draft.isForTools ? (['tool-environment'] as const) : []),
  ];
  return {
    ...(draft.source === 'stored' && draft.value !== '' ? { value: draft.value } : {}),
    hosts: linesOf(draft.hosts),
    ...(uses.length === 0 ? {} : { uses }),
    workflows: draft.workflows === undefined ? null : [...draft.workflows],
    ...(owner === 'installation' ? { source: sourceOf(draft) } : {}),
  };
}

function sourceOf({ source, location, field }: SecretDraft): SecretSource {
  const where = location.trim();
  const what = field.trim();
  switch (source) {
    case 'vault':
      return { kind: 'vault', path: where, field: what === '' ? 'value' : what };
    case 'aws':
      return { kind: 'aws', id: where, ...(what === '' ? {} : { field: what }) };
    default:
      return { kind: source };
  }
}

const linesOf = (text: string): string[] => text.split(/[\s,]+/).filter((line) => line !== '');

/** The hosts to which the nodes of a document send a secret, as far as their addresses are fixed. */
export function hostsOfNodes(nodes: Readonly<Record<string, DocumentNode>>, secret: string): readonly string[] {
  const hosts = Object.values(nodes).flatMap(({ config }) => {
    const { auth, url } = isPlainObject(config) ? config : {};
    if (!isPlainObject(auth) || auth['secret'] !== secret || typeof url !== 'string') return [];
    const fixed = /^https?:\/\/[^/?#{}\s]+(?=[/?#]|$)/i.exec(url.trim())?.[0];
    return fixed !== undefined && URL.canParse(fixed) ? [secretHostOfUrl(new URL(fixed))] : [];
  });
  return [...new Set(hosts)];
}
