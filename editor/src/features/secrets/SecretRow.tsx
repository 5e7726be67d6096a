import type { SecretCardReply } from '@heddle/core';
import { KeyRound } from 'lucide-react';
import type { ReactElement } from 'react';
import { formatAgo } from '../../ui/format/format-time.js';
import { ListRow } from '../../ui/tables/ListRow.js';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

const kept = {
  stored: 'stored in Heddle',
  environment: 'in the environment',
  file: 'in the mounted folder',
  vault: 'in HashiCorp Vault',
  aws: 'in AWS Secrets Manager',
} as const;

/** A secret in the list, with its hosts and uses. Its value is never shown. */
export function SecretRow({
  secret,
  now,
  onChange,
  onRemove,
}: {
  readonly secret: SecretCardReply;
  readonly now: number;
  readonly onChange: () => void;
  /** Undefined for a secret outside Heddle about which Heddle stores nothing. */
  readonly onRemove?: (() => void) | undefined;
}): ReactElement {
  const { name, hosts, uses, workflows, source, needsHost, updatedAt, usedBy } = secret;
  const facts = [
    hosts.length === 0 ? 'no hosts' : `sent to ${hosts.join(', ')}`,
    ...(uses.includes('tool-environment') ? ['for tool servers'] : []),
    ...(workflows === undefined
      ? []
      : [`for ${workflows.length === 1 ? 'one workflow' : `${workflows.length} workflows`}`]),
    kept[source.kind],
    ...(updatedAt === 0 ? [] : [`set ${formatAgo(updatedAt, now)}`]),
    usedBy.length === 0 ? 'not used' : `used by ${usedBy.map(({ title }) => title).join(', ')}`,
  ];
  return (
    <ListRow
      icon={<KeyRound size={15} aria-hidden className="quiet" />}
      title={
        <>
          <span className="mono">{name}</span> {needsHost ? <span className="badge">Needs a host</span> : null}
        </>
      }
      facts={facts.join(' · ')}
    >
      <button type="button" className="button" onClick={onChange} aria-label={`Edit ${name}`}>
        Edit
      </button>
      {onRemove === undefined ? null : <RemoveButton label={`Remove ${name}`} onClick={onRemove} />}
    </ListRow>
  );
}
