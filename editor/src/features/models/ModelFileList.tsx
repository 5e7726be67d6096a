import { pinText, type ModelFileState } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from './models.module.css';

/** The files of a model, each with its pinned or recorded hash. */
export function ModelFileList({ files }: { readonly files: readonly ModelFileState[] }): ReactElement | null {
  if (files.length === 0) return null;
  return (
    <div>
      <dt>Files</dt>
      <dd>
        <ul aria-label="Files" className={styles['model-files']}>
          {files.map((file) => (
            <li key={file.name} data-tip={titleOf(file)}>
              <code className="mono">{file.name}</code> {pinText(file)}
            </li>
          ))}
        </ul>
      </dd>
    </div>
  );
}

function titleOf({ commit, sha256, recordedAt }: ModelFileState): string {
  return [
    ...(commit === undefined ? [] : [`Commit ${commit}`]),
    ...(sha256 === undefined ? [] : [`SHA-256 ${sha256}`]),
    ...(recordedAt === undefined ? [] : [`Recorded ${recordedAt}`]),
  ].join('\n');
}
