import type { ConnectionReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { TextField } from '../FormFields.js';

/** The key: it goes in once and is never shown again. */
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
  /** The address is another one now, and a key belongs to its address. */
  readonly isMoved: boolean;
  readonly onChange: (value: string) => void;
  readonly onRemove: (() => void) | undefined;
}): ReactElement {
  return (
    <fieldset className="sheet-part">
      <legend>Key</legend>
      <div className="key-line">
        <TextField
          title={source === 'vault' ? 'Replace the key' : 'Key'}
          type="password"
          value={value}
          placeholder={source === 'vault' ? 'A key is set' : needsKey ? 'Paste it here' : 'None is needed'}
          help={helpOf(source, isMoved)}
          onChange={onChange}
        />
        {onRemove === undefined ? null : (
          <button type="button" className="button" onClick={onRemove}>
            Remove the key
          </button>
        )}
      </div>
    </fieldset>
  );
}

function helpOf(source: ConnectionReply['key'], isMoved: boolean): string {
  if (isMoved && source === 'vault')
    return 'Saving deletes the stored key, because it belongs to the old address: enter it again.';
  if (source === 'environment') return 'One comes from the environment of the server; a key entered here goes first.';
  return 'Stored encrypted on the server. It is never shown again, and sent to this address alone.';
}
