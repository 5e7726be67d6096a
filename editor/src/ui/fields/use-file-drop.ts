import { useState, type DragEvent } from 'react';
import type { NamedFile } from './read-dropped.js';
import { readDropped } from './read-dropped.js';

export interface FileDrop {
  readonly isOver: boolean;
  readonly handlers: {
    onDragEnter(event: DragEvent): void;
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
}

/** Makes an element accept dropped files and folders. */
export function useFileDrop(onFiles: (files: readonly NamedFile[]) => void): FileDrop {
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    isOver: depth > 0,
    handlers: {
      onDragEnter: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setDepth((before) => before + 1);
      },
      onDragOver: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      onDragLeave: (event) => {
        if (hasFiles(event)) setDepth((before) => Math.max(0, before - 1));
      },
      onDrop: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setDepth(0);
        void readDropped(event.dataTransfer).then((files) => {
          if (files.length > 0) onFiles(files);
        });
      },
    },
  };
}
