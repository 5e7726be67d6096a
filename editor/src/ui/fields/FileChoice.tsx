import type { ReactElement, RefObject } from 'react';
import { readChosen, type NamedFile } from './read-dropped.js';

/** A hidden file input that opens the browser's file chooser. */
export function FileChoice({
  field,
  label,
  isFolder = false,
  onFiles,
}: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly isFolder?: boolean;
  readonly onFiles: (files: readonly NamedFile[]) => void;
}): ReactElement {
  return (
    <input
      ref={field}
      type="file"
      multiple
      hidden
      aria-label={label}
      {...(isFolder ? { webkitdirectory: '' } : {})}
      onChange={(event) => {
        const files = readChosen(event.target.files ?? []);
        event.target.value = '';
        if (files.length > 0) onFiles(files);
      }}
    />
  );
}
