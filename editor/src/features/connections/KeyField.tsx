import clsx from 'clsx';
import type { ConnectionReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { TextField } from '../../ui/fields/FormFields.js';
import styles from './connections.module.css';

/** The key of a connection. It is entered once and never shown again. */
export function KeyField({
  value,
  source,
  needsKey,
  isMoved,
  onChange,
  onRemove,
}: {
  readonly value: string;
  readonly source: ConnectionReply['key'];
  readonly needsKey: boolean;
  /** Whether the address has changed, so that the stored key is no longer valid: a key belongs to its address. */
  readonly isMoved: boolean;
  readonly onChange: (value: string) => void;
  readonly onRemove: (() => void) | undefined;
}): ReactElement {
  return (
    <fieldset className="sheet-part">
      <legend>Key</legend>
      <div className={clsx(styles['key-line'], 'wrapped')}>
        <TextField
          title={source === 'vault' ? 'Replace key' : 'Key'}
          type="password"
          value={value}
          placeholder={source === 'vault' ? 'Key set' : needsKey ? 'Paste the key' : 'Not needed'}
          help={helpOf(source, isMoved)}
          onChange={onChange}
        />
        {onRemove === undefined ? null : (
          <button type="button" className="button" onClick={onRemove}>
            Remove key
          </button>
        )}
      </div>
    </fieldset>
  );
}

function helpOf(source: ConnectionReply['key'], isMoved: boolean): string {
  if (isMoved && source === 'vault')
    return 'Saving deletes the stored key, because it belongs to the old address. Enter it again.';
  if (source === 'environment') return "The server's environment provides a key. A key entered here has priority.";
  return 'Stored encrypted on the server. It is never shown again, and sent only to this address.';
}
