import { useState, type ReactElement } from 'react';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { messageOf } from './chat-error.js';
import type { StoredFile } from './types.js';

/** Reads a file of a run by its id. */
export type ReadFile = (id: string) => Promise<Blob>;

/** A button that saves a file of a run. The file is loaded with a request first, because a plain link would not carry the credentials. */
export function SaveFile({
  file: { id, name, size },
  read,
}: {
  readonly file: StoredFile;
  readonly read: ReadFile;
}): ReactElement {
  const [status, setStatus] = useState('');
  const save = (): void => {
    setStatus('Loading…');
    read(id).then(
      (blob) => {
        const address = URL.createObjectURL(blob);
        Object.assign(document.createElement('a'), { href: address, download: safeName(name) }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
        setStatus('');
      },
      (error: unknown) => setStatus(messageOf(error)),
    );
  };
  return (
    <p className="aligned gap-10">
      <button type="button" className="button" onClick={save}>
        Save {visibleText(name)} ({formatBytes(size)})
      </button>
      <span className="small-quiet" role="status">
        {status}
      </span>
    </p>
  );
}

const safeName = (name: string): string => name.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, '_').slice(-120);
