import clsx from 'clsx';
import { FolderUp, Upload } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { FileChoice } from '../../ui/fields/FileChoice.js';
import type { NamedFile } from '../../ui/fields/read-dropped.js';

/** Two buttons that open the browser's file chooser: one for files, one for a folder. */
export function FileButtons({
  verb,
  isPrimary,
  isBusy,
  onFiles,
}: {
  readonly verb: 'Add' | 'Choose';
  readonly isPrimary?: boolean;
  readonly isBusy: boolean;
  readonly onFiles: (files: readonly NamedFile[]) => void;
}): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className={clsx('button', isPrimary && 'button-primary')}
        disabled={isBusy}
        onClick={() => field.current?.click()}
      >
        <Upload size={15} aria-hidden /> {isBusy ? 'Sending…' : `${verb} files`}
      </button>
      <button type="button" className="button" disabled={isBusy} onClick={() => folder.current?.click()}>
        <FolderUp size={15} aria-hidden /> {verb} folder
      </button>
      <FileChoice field={field} label="Files to import" onFiles={onFiles} />
      <FileChoice field={folder} label="Folder to import" isFolder onFiles={onFiles} />
    </>
  );
}
