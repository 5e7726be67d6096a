import type { ReactElement, RefObject } from 'react';
import { readChosen, type NamedFile } from './read-dropped.js';

/** The hidden field that opens the file chooser of the browser. */
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
