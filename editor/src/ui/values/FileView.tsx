import type { FileRef } from '@heddle/core';
import { Download, FileText } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { formatBytes } from '../format/format-bytes.js';
import { ImageView, isShownImage } from './ImageView.js';
import { MoreEntries } from './MoreEntries.js';
import { visibleText } from '../markdown/visible-text.js';

const firstFiles = 20;

/** Stored files: name, type, size and download; images are shown. */
export function FileView({ files }: { readonly files: readonly FileRef[] }): ReactElement {
  const [most, setMost] = useState(firstFiles);
  return (
    <>
      <ul className="files stack gap-12">
        {files.slice(0, most).map((file, index) => (
          <li key={`${index} ${file.id}`} className="file grid gap-6">
            {isShownImage(file) ? <ImageView file={file} /> : null}
            <p className="file-line aligned">
              <FileText size={14} aria-hidden />
              <span className="file-name">{visibleText(file.name)}</span>
              <span className="quiet figure">
                {visibleText(file.mediaType)} · {formatBytes(file.size)}
              </span>
              <a
                className="icon-button"
                href={fileAddress(file)}
                download={file.name}
                aria-label={`Download ${visibleText(file.name)}`}
              >
                <Download size={14} aria-hidden />
              </a>
            </p>
          </li>
        ))}
      </ul>
      <MoreEntries
        shown={most}
        all={files.length}
        what="files"
        onMore={() => setMost((before) => before + firstFiles)}
      />
    </>
  );
}

function fileAddress(file: FileRef): string {
  return `/api/files/${encodeURIComponent(file.id)}`;
}
